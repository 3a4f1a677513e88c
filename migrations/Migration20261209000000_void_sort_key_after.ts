import { Migration } from '@mikro-orm/migrations'

/**
 * A table with a trigger before each row's update has all its stored generated columns made anew by every update,
 * whatever it changes (PostgreSQL's ExecInitGenerated): the folded text of a long description took 7 ms. So the key of a
 * task that the release before has moved is voided after the row was written.
 */
export class Migration20261209000000_void_sort_key_after extends Migration {
  override up(): void {
    this.addSql(`
      create or replace function void_sort_key() returns trigger language plpgsql as $$
      begin
        update tasks set sort_key = null where id = new.id;
        return null;
      end $$`)
    this.addSql(`drop trigger tasks_void_sort_key on tasks`)
    this.addSql(`
      create trigger tasks_void_sort_key after update of position on tasks for each row
      when (new.position is distinct from old.position and new.sort_key = old.sort_key)
      execute function void_sort_key()`)
  }
}
