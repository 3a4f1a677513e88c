import { Migration } from '@mikro-orm/migrations'

/**
 * Whether somebody may read a task depends on its project. With the project in the index, tasks of a category are counted
 * without reading them: of a million, 20,000 in 6 ms and not in 117.
 */
export class Migration20261229000000_category_index extends Migration {
  override up(): void {
    this.addSql(`
      create index tasks_counted_category_idx on tasks (category, priority, created_at desc) include (project_id)`)
    // Last, because this lock keeps readers out too.
    this.addSql(`drop index tasks_category_idx`)
    this.addSql(`alter index tasks_counted_category_idx rename to tasks_category_idx`)
  }
}
