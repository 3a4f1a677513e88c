import { Migration } from '@mikro-orm/migrations'

/** Which instances live: a row each, renewed every two seconds. Of no worth after a crash of PostgreSQL, so not logged. */
export class Migration20261125000000_instances extends Migration {
  override up(): void {
    this.addSql(`
      create unlogged table instances (
        id uuid primary key,
        beat bigint not null default 1,
        told bigint not null,
        seen_at timestamptz(3) not null default now()
      )`)
  }
}
