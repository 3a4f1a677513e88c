import { Migration } from '@mikro-orm/migrations'

/**
 * Which addresses and user names are the same does not depend on the locale of the database: for a Turkish one `INFO` is
 * not `info`. Both are ASCII. The indexes of before stay for the release before, and go one release later.
 */
export class Migration20261208010000_accounts_by_letters extends Migration {
  override up(): void {
    this.addSql(`create unique index if not exists users_email_plain_key on users (lower(email collate "C"))`)
    this.addSql(`create unique index if not exists users_username_plain_key on users (lower(username collate "C"))`)
  }
}
