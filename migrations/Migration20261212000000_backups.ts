import { Migration } from '@mikro-orm/migrations'

/**
 * Backups, and who may confirm a restore. Neither refers to accounts: a restore replaces those, and these rows stay. For
 * the same reason the audit log does not refer to them any more: it outlives a restore, also with entries of people who
 * had no account yet when the backup was made.
 */
export class Migration20261212000000_backups extends Migration {
  override up(): void {
    this.addSql(`
      create table backups (
        id bigint generated always as identity primary key,
        type text not null check (type in ('full', 'database', 'users', 'media')),
        status text not null check (status in ('queued', 'running', 'completed', 'failed')),
        key text not null unique,
        size bigint,
        checksum text,
        error text,
        job_id bigint,
        is_scheduled boolean not null,
        created_at timestamptz(3) not null,
        completed_at timestamptz(3)
      )`)
    this.addSql(`
      create table restore_confirmations (
        hash bytea primary key,
        backup_id bigint not null references backups (id) on delete cascade,
        user_id bigint not null,
        expires_at timestamptz(3) not null
      )`)
    this.addSql(`alter table audit_log drop constraint if exists audit_log_user_id_fkey`)
  }
}
