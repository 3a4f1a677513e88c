import { Migration } from '@mikro-orm/migrations'

/** What the health check of each process writes and reads back. Logged: that this works is what it is to show. */
export class Migration20261208020000_health_checks extends Migration {
  override up(): void {
    this.addSql(
      `create table health_checks (instance uuid primary key, token uuid not null, at timestamptz(3) not null)`,
    )
  }
}
