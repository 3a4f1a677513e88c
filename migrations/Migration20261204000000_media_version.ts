import { Migration } from '@mikro-orm/migrations'

/** A file gets another version when it goes with its task, so that clients tell what it left from what it came to. */
export class Migration20261204000000_media_version extends Migration {
  override up(): void {
    this.addSql(`alter table media add column version int not null default 1`)
    this.addSql(`
      create or replace function media_follow_task() returns trigger language plpgsql as $$
      begin
        update media set project_id = new.project_id, version = version + 1 where task_id = new.id;
        return null;
      end $$`)
  }
}
