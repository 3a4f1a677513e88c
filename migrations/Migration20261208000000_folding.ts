import { Migration } from '@mikro-orm/migrations'
import { foldedTo, leftOut, letterClass, letterOf, letters, silent } from './folding/tables.ts'

/**
 * What a search takes as the same does not depend on the locale of the database, nor on how letters were typed.
 * contract/folding.ts says it for everybody else, and why it is as it is; a test holds the two together.
 */
export class Migration20261208000000_folding extends Migration {
  /** Each statement commits alone: rows are folded anew a few at a time, while the release before serves. */
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql(`
      create or replace function fold_text(value text) returns text language plpgsql immutable strict parallel safe as $$
      declare
        letter text;
      begin
        if octet_length(value) = length(value) then return lower(value collate "C"); end if;
        value := lower(normalize(value, nfkd) collate "C");
        -- Few letters of a text are capital; translate() would compare each one with all of the table.
        loop
          letter := substring(value from '[${letterClass}]');
          exit when letter is null;
          value := replace(value, letter, substr('${foldedTo}', strpos('${letterOf}', letter), 1));
        end loop;
        if value ~ '[ßæœþ]' then
          value := replace(replace(replace(replace(value, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
        end if;
        value := replace(replace(replace(value, 'и' || chr(774), 'й'), 'у' || chr(774), 'ў'), 'і' || chr(776), 'ї');
        value := normalize(regexp_replace(value, '[${leftOut}]', '', 'g'), nfc);
        return regexp_replace(value, '[${silent}]', '', 'g');
      end $$`)

    // Words with one space between them.
    this.addSql(`
      create or replace function fold_words(value text) returns text language sql immutable strict parallel safe
      begin atomic
        select btrim(regexp_replace(fold_text(value), '[^${letters}]+', ' ', 'g'));
      end`)

    // PostgreSQL's parser would take a word that begins like a number for two: "1e5b". None begins with "ª", which is
    // folded away. Bodies like these know what they call by its number, so that a dump is read back with any search_path.
    this.addSql(`
      create or replace function search_fold(value text) returns text language sql immutable strict parallel safe
      begin atomic
        select regexp_replace(fold_words(value), '(^| )([0-9])', '\\1ª\\2', 'g');
      end`)
    this.addSql(`
      create or replace function search_query(value text) returns tsquery language sql immutable strict parallel safe
      begin atomic
        with words as materialized (
          select distinct word from regexp_split_to_table(search_fold(value), ' ') as word where word <> ''),
        telling as (
          select word from words
          where not exists (
            select from words longer where longer.word <> words.word and starts_with(longer.word, words.word))
          order by length(ltrim(word, 'ª')) desc, ltrim(word, 'ª') collate "C" limit 10)
        select to_tsquery('simple', coalesce(string_agg(quote_literal(word) || ':*', ' & '), '')) from telling;
      end`)

    for (const [table, search] of [
      ['tasks', { title: 'A', description: 'B' }],
      ['posts', { title: 'A', body: 'B' }],
      ['videos', { title: 'A', "coalesce(author_name, '')": 'B', description: 'C' }],
    ] as const) {
      const folded = Object.entries(search)
        .map(([column, weight]) => `setweight(to_tsvector('simple', search_fold(${column})), '${weight}')`)
        .join(' || ')
      // Naming a column that the folded one is made of makes it anew.
      this.addSql(`
        do $$
        declare
          since bigint := 0;
          until bigint;
        begin
          loop
            select max(id) into until from (select id from ${table} where id > since order by id limit 1000) piece;
            exit when until is null;
            update ${table} set title = title
            where id > since and id <= until and search is distinct from (${folded});
            commit;
            since := until;
          end loop;
        end $$`)
    }
    this.addSql(`
      alter table users add column if not exists name_words text not null
        generated always as (fold_words(name || ' ' || username)) stored`)
  }
}
