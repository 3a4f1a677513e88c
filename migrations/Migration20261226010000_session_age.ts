import { Migration } from '@mikro-orm/migrations'

/** When a person last signed in, or showed their password, in a session. The release before does not fill it. */
export class Migration20261226010000_session_age extends Migration {
  override up(): void {
    this.addSql(`alter table sessions add column authenticated_at timestamptz(3) not null default now()`)
    this.addSql(`update sessions set authenticated_at = created_at`)
  }
}
