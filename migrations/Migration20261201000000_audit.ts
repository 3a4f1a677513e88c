import { Migration } from '@mikro-orm/migrations'

/** Who did what in the administration. Entries are added, never changed and never removed. */
export class Migration20261201000000_audit extends Migration {
  override up(): void {
    this.addSql(`
      create table audit_log (
        id bigint generated always as identity primary key,
        user_id bigint references users (id),
        action text not null,
        resource text not null,
        resource_id text,
        details json not null,
        ip_address text,
        user_agent text,
        created_at timestamptz(3) not null,
        hash text not null
      )`)
    this.addSql(`create index audit_log_user_idx on audit_log (user_id, id desc)`)
    this.addSql(`create index audit_log_action_idx on audit_log (action, id desc)`)
    this.addSql(`
      create function audit_log_is_kept() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit log only grows';
      end $$`)
    this.addSql(`
      create trigger audit_log_is_kept before update or delete or truncate on audit_log
      for each statement execute function audit_log_is_kept()`)

    // Banned is more than disabled: only what lifts the ban enables the account again.
    this.addSql(`alter table users add column banned_at timestamptz(3)`)
  }
}
