import { Migration } from '@mikro-orm/migrations'

/**
 * API keys: what programs call with. A key is found by its prefix, and only a hash of its secret is stored. What was
 * called with each is counted by day, and the latest calls are kept one by one.
 */
export class Migration20261223141000_api_keys extends Migration {
  override up(): void {
    this.addSql(`
      create table api_keys (
        id bigint generated always as identity primary key,
        user_id bigint not null references users (id) on delete cascade,
        name text not null,
        prefix text not null constraint api_keys_prefix_key unique,
        hash bytea not null,
        previous_hash bytea,
        previous_until timestamptz(3),
        permissions text[] not null,
        rate_limit integer,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        created_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        version integer not null default 1
      )`)
    this.addSql(`create index api_keys_user_idx on api_keys (user_id, id desc)`)
    this.addSql(`create index api_keys_revoked_idx on api_keys (revoked_at) where revoked_at is not null`)
    this.addSql(`
      create table api_key_usage (
        key_id bigint not null references api_keys (id) on delete cascade,
        day timestamptz(3) not null,
        method text not null,
        path text not null,
        status smallint not null,
        calls bigint not null,
        primary key (key_id, day, method, path, status)
      )`)
    this.addSql(`create index api_key_usage_day_idx on api_key_usage (day)`)
    this.addSql(`
      create table api_key_calls (
        id bigint generated always as identity primary key,
        key_id bigint not null references api_keys (id) on delete cascade,
        at timestamptz(3) not null,
        method text not null,
        path text not null,
        status smallint not null,
        ip_address text not null
      )`)
    this.addSql(`create index api_key_calls_key_idx on api_key_calls (key_id, id desc)`)
    this.addSql(`create index api_key_calls_at_idx on api_key_calls (at)`)
  }
}
