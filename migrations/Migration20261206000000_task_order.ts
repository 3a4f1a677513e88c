import { Migration } from '@mikro-orm/migrations'

/**
 * Tasks are ordered by keys between any two of which there is always another one, so that a task is placed without a
 * write to its neighbours. A task that has not been placed has the key of its position, which the release before writes;
 * when that one moves a task, its key is void.
 */
export class Migration20261206000000_task_order extends Migration {
  override up(): void {
    // The bits of a float8, as a number that sorts like it; server/features/tasks/sort-key.ts says the same.
    this.addSql(`
      create function sort_key_of(value float8) returns text language sql immutable strict parallel safe as $$
        select 'p' || lpad(to_hex(case when bits >= 0 then bits # (-9223372036854775808) else ~bits end), 16, '0')
        from (select ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint as bits) as float
      $$`)
    this.addSql(`alter table tasks add column sort_key text collate "C"`)
    this.addSql(`
      create function void_sort_key() returns trigger language plpgsql as $$
      begin
        if new.sort_key is not distinct from old.sort_key then new.sort_key := null; end if;
        return new;
      end $$`)
    this.addSql(`
      create trigger tasks_void_sort_key before update of position on tasks
      for each row when (new.position is distinct from old.position) execute function void_sort_key()`)
  }
}
