import { Migration } from '@mikro-orm/migrations'

/**
 * Who asked for their account to be erased. The row stays, so that a restored backup is erased again. The row of the
 * account stays too, without anything about the person, because what they wrote refers to it.
 */
export class Migration20261214000000_erasures extends Migration {
  override up(): void {
    this.addSql(`
      create table erasures (
        user_id bigint primary key,
        requested_at timestamptz(3) not null,
        completed_at timestamptz(3)
      )`)
    this.addSql(`alter table users add column erased_at timestamptz(3)`)
    this.addSql(`create index users_erased_idx on users (id) where erased_at is not null`)
  }
}
