import { Migration } from '@mikro-orm/migrations'

/** The second factor of an account: its secret, its recovery codes, and sign-ins that wait for a code. */
export class Migration20261226020000_two_factor extends Migration {
  override up(): void {
    this.addSql(`alter table users add column two_factor boolean not null default false`)
    this.addSql(`
      create table totp_factors (
        user_id bigint primary key references users (id) on delete cascade,
        secret bytea not null,
        created_at timestamptz(3) not null,
        confirmed_at timestamptz(3),
        last_step bigint not null default 0,
        failures int not null default 0,
        failing_since timestamptz(3)
      )`)
    this.addSql(`
      create table recovery_codes (
        hash bytea primary key,
        user_id bigint not null references users (id) on delete cascade,
        created_at timestamptz(3) not null,
        used_at timestamptz(3)
      )`)
    this.addSql(`create index recovery_codes_of_user on recovery_codes (user_id)`)
    this.addSql(`
      create table sign_in_challenges (
        hash bytea primary key,
        user_id bigint not null references users (id) on delete cascade,
        expires_at timestamptz(3) not null,
        guesses int not null default 0
      )`)
    this.addSql(`create index sign_in_challenges_of_user on sign_in_challenges (user_id)`)
    this.addSql(`create index sign_in_challenges_expires on sign_in_challenges (expires_at)`)
  }
}
