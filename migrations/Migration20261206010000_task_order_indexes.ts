import { Migration } from '@mikro-orm/migrations'

/**
 * Apart from the new column, whose lock also keeps readers out: while an index is built only writers wait. The indexes on
 * `position` stay for the release before, which lists by them, and go one release later.
 */
export class Migration20261206010000_task_order_indexes extends Migration {
  override up(): void {
    const key = `(coalesce(sort_key, sort_key_of(position)) collate "C")`
    this.addSql(`create index if not exists tasks_sort_key_idx on tasks (${key}, id)`)
    this.addSql(`create index if not exists tasks_status_sort_key_idx on tasks (status, ${key}, id)`)
    this.addSql(`create index if not exists tasks_project_sort_key_idx on tasks (project_id, status, ${key})`)
  }
}
