import { Migration } from '@mikro-orm/migrations'

/** Whom has been told that a task is due, and for which date: once each, on any number of instances. */
export class Migration20261202000000_due_soon extends Migration {
  override up(): void {
    this.addSql(`
      create table due_notices (
        task_id bigint not null references tasks (id) on delete cascade,
        user_id bigint not null references users (id),
        due_date timestamptz(3) not null,
        primary key (task_id, user_id, due_date)
      )`)
    this.addSql(`create index due_notices_date_idx on due_notices (due_date)`)
  }
}
