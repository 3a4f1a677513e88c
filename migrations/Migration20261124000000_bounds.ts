import { Migration } from '@mikro-orm/migrations'

/** What keeps a search, and a read of the log, from costing more than what it finds. */
export class Migration20261124000000_bounds extends Migration {
  override up(): void {
    // Each word is a walk through the index, so there are no more than needed: a word that another begins with finds
    // nothing that the other does not, and of very many the ten longest, which find the least, are enough.
    this.addSql(`
      create or replace function search_query(value text) returns tsquery
      language sql immutable strict parallel safe as $$
        with words as materialized (
          select distinct word from regexp_split_to_table(search_fold(value), '\\s+') as word where word <> ''),
        telling as (
          select word from words
          where not exists (
            select from words longer where longer.word <> words.word and starts_with(longer.word, words.word))
          order by length(word) desc, word limit 10)
        select to_tsquery('simple', coalesce(string_agg(quote_literal(word) || ':*', ' & '), '')) from telling
      $$`)
    this.addSql(`
      alter table event_log add column if not exists bytes int not null
        generated always as (octet_length(payload::text)) stored`)
    // Almost all events are of tasks; the few others are found without going through those.
    this.addSql(`
      create index if not exists event_log_others_idx on event_log (scope, "offset")
      where not starts_with(event, 'task_')`)
    // These reach people by more than their scope.
    this.addSql(`
      create index if not exists event_log_told_idx on event_log ("offset")
      where event in ('access_changed', 'project_deleted')`)
  }
}
