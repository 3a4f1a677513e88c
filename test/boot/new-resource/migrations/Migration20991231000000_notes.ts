import { Migration } from '@mikro-orm/migrations'

export class Migration20991231000000_notes extends Migration {
  override up(): void {
    this.addSql(`
      create table notes (
        id bigint generated always as identity primary key,
        title text not null,
        body text not null,
        project_id bigint references projects (id) on delete cascade,
        created_by bigint not null references users (id),
        version int not null default 1,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null)`)
  }
}
