import { Migration } from '@mikro-orm/migrations'

/** Accounts at other issuers that sign somebody in here, the sessions opened by them, and logouts that came from there. */
export class Migration20261226030000_single_sign_on extends Migration {
  override up(): void {
    this.addSql(`
      create table identities (
        id bigint generated always as identity primary key,
        user_id bigint not null references users (id) on delete cascade,
        provider text not null,
        issuer text not null,
        subject text not null,
        email text,
        linked_at timestamptz(3) not null,
        last_used_at timestamptz(3),
        constraint identities_subject_key unique (issuer, subject)
      )`)
    this.addSql(`create index identities_of_user on identities (user_id)`)
    // Not a reference, because a session goes on when its identity has been removed.
    this.addSql(`
      alter table sessions add column issuer text, add column issuer_subject text, add column issuer_sid text`)
    this.addSql(`
      create index sessions_of_issuer on sessions (issuer, issuer_subject) where issuer is not null and ended_at is null`)
    this.addSql(`
      create index sessions_of_issuer_sid on sessions (issuer, issuer_sid)
      where issuer_sid is not null and ended_at is null`)
    this.addSql(`
      create table issuer_logouts (
        issuer text not null,
        jti text not null,
        subject text,
        sid text,
        issued_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (issuer, jti)
      )`)
    this.addSql(`create index issuer_logouts_expires on issuer_logouts (expires_at)`)
  }
}
