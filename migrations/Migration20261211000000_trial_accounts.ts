import { Migration } from '@mikro-orm/migrations'

/**
 * Which accounts a check of signing in has made for itself. They are known by this table and not by their names, so that
 * nobody's own account is ever taken for one and removed.
 */
export class Migration20261211000000_trial_accounts extends Migration {
  override up(): void {
    this.addSql(`
      create table trial_accounts (
        user_id bigint primary key references users (id) on delete cascade,
        created_at timestamptz(3) not null
      )`)
  }
}
