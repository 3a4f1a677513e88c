import { Migration } from '@mikro-orm/migrations'

/**
 * The role that serves owns no table, so it cannot make or drop one. The partitions of the event log are all that has to
 * come and go while it serves: these two functions do just that, with the rights of the role that owns the log.
 */
export class Migration20261206060000_partition_functions extends Migration {
  override up(): void {
    this.addSql(`
      create function event_log_add_partition(nth bigint) returns void language plpgsql security definer as $$
      declare
        size constant bigint := 500000;
        part constant text := 'event_log_' || nth;
      begin
        if not exists (select from log_head where nth between first / size and last / size + 1) then
          raise exception 'partition % of the event log is not due', nth;
        end if;
        -- Attached, not made in place: that would wait for everybody who reads the log, and all others for it.
        execute format('create table if not exists %I (like event_log including all)', part);
        execute format('alter table event_log attach partition %I for values from (%s) to (%s)',
          part, nth * size, (nth + 1) * size);
      end $$`)
    this.addSql(`
      create function event_log_drop_partition(name text) returns void language plpgsql security definer as $$
      declare
        part regclass;
      begin
        select c.oid into part
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'event_log'::regclass and c.relname = name
          and (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''?(\\d+)''?\\)'))[1]::bigint
            <= (select first from log_head);
        if part is null then
          raise exception 'events of % may still be read', name;
        end if;
        execute format('drop table %s', part);
      end $$`)
    for (const name of ['event_log_add_partition(bigint)', 'event_log_drop_partition(text)']) {
      // pg_catalog comes before these; what a caller has made or set is found last or not at all.
      this.addSql(`
        do $$ begin
          execute format('alter function ${name} set search_path = %I, pg_temp', current_schema());
        end $$`)
      this.addSql(`revoke execute on function ${name} from public`)
    }
  }
}
