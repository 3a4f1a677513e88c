import { Migration } from '@mikro-orm/migrations'

/**
 * The log keeps payloads as they are. PostgreSQL compresses a mebibyte of text in 30 ms, and all events wait behind the
 * statement that writes it. Partitions that are made later are like the log.
 */
export class Migration20261227010000_log_storage extends Migration {
  override up(): void {
    this.addSql(`
      do $$ declare part regclass;
      begin
        alter table event_log alter column payload set storage external;
        for part in select inhrelid from pg_inherits where inhparent = 'event_log'::regclass loop
          execute format('alter table %s alter column payload set storage external', part);
        end loop;
      end $$`)
  }
}
