import { Migration } from '@mikro-orm/migrations'

/** What identity providers know accounts by (SCIM). */
export class Migration20261226040000_scim extends Migration {
  override up(): void {
    this.addSql(`
      create table scim_accounts (
        user_id bigint primary key references users (id) on delete cascade,
        user_name text not null,
        external_id text,
        updated_at timestamptz(3) not null,
        deleted_at timestamptz(3)
      )`)
    this.addSql(`
      create unique index scim_accounts_user_name_key on scim_accounts (lower(user_name)) where deleted_at is null`)
    this.addSql(
      `create unique index scim_accounts_external_id_key on scim_accounts (external_id) where deleted_at is null`,
    )
  }
}
