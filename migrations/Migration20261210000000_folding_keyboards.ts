import { Migration } from '@mikro-orm/migrations'
import { typed, typedAs } from './folding/keyboards.ts'
import { foldedTo, leftOut, letterClass, letterOf, silent } from './folding/tables.ts'

/**
 * Letters that keyboards of several languages have in different forms (Persian and Arabic yeh, keheh and kaf) and the
 * digits of scripts are the same for a search. The rest of the function is as the migration `folding` made it;
 * contract/folding.ts has the same definition.
 */
export class Migration20261210000000_folding_keyboards extends Migration {
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
        if value ~ '[${typed}]' then value := translate(value, '${typed}', '${typedAs}'); end if;
        value := replace(replace(replace(value, 'и' || chr(774), 'й'), 'у' || chr(774), 'ў'), 'і' || chr(776), 'ї');
        value := normalize(regexp_replace(value, '[${leftOut}]', '', 'g'), nfc);
        return regexp_replace(value, '[${silent}]', '', 'g');
      end $$`)

    // Only rows with such a letter: all others are as they were.
    for (const [table, changed, texts] of [
      ['tasks', 'title', "title || ' ' || description"],
      ['posts', 'title', "title || ' ' || body"],
      ['videos', 'title', "title || ' ' || coalesce(author_name, '') || ' ' || description"],
      ['users', 'name', "name || ' ' || username"],
    ] as const)
      this.addSql(`
        do $$
        declare
          since bigint := 0;
          until bigint;
        begin
          loop
            select max(id) into until from (select id from ${table} where id > since order by id limit 1000) piece;
            exit when until is null;
            -- Naming a column that the folded one is made of makes it anew. Other forms decompose to these letters.
            update ${table} set ${changed} = ${changed}
            where id > since and id <= until and octet_length(${texts}) <> length(${texts})
              and normalize(${texts}, nfkd) ~ '[${typed}]';
            commit;
            since := until;
          end loop;
        end $$`)
  }
}
