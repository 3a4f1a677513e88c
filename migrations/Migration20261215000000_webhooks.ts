import { Migration } from '@mikro-orm/migrations'

/**
 * Addresses that get events by HTTP, each with its place in the log, and what was sent to them. A delivery refers to its
 * event in the log: the rights are judged when it is sent, and no payload is stored twice.
 */
export class Migration20261215000000_webhooks extends Migration {
  override up(): void {
    this.addSql(`
      create table webhooks (
        id bigint generated always as identity primary key,
        user_id bigint not null references users (id) on delete cascade,
        url text not null,
        events text[] not null,
        description text,
        ordered boolean not null,
        enabled boolean not null default true,
        disabled_reason text,
        failing_since timestamptz(3),
        paused_until timestamptz(3),
        secret bytea not null,
        previous_secret bytea,
        previous_secret_until timestamptz(3),
        last_triggered_at timestamptz(3),
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`)
    // A table of its own, so that who reads the log and who stores results lock different rows.
    this.addSql(`
      create table webhook_places (
        webhook_id bigint primary key references webhooks (id) on delete cascade,
        epoch text not null,
        position bigint not null,
        last_offset bigint not null default 0,
        full_until timestamptz(3)
      )`)
    this.addSql(`create index webhooks_user_idx on webhooks (user_id, id desc)`)
    this.addSql(`
      create table webhook_deliveries (
        id bigint generated always as identity primary key,
        webhook_id bigint not null references webhooks (id) on delete cascade,
        message_id text not null default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
        event text not null,
        "offset" bigint,
        previous_offset bigint,
        status text not null,
        attempts integer not null default 0,
        status_code integer,
        error text,
        duration_ms integer,
        created_at timestamptz(3) not null,
        last_attempt_at timestamptz(3),
        next_attempt_at timestamptz(3),
        leased_until timestamptz(3),
        completed_at timestamptz(3)
      )`)
    this.addSql(`create index webhook_deliveries_list_idx on webhook_deliveries (webhook_id, id desc)`)
    this.addSql(`create index webhook_deliveries_offset_idx on webhook_deliveries (webhook_id, "offset")`)
    this.addSql(`
      create index webhook_deliveries_due_idx on webhook_deliveries (webhook_id, next_attempt_at, id)
      where status = 'pending'`)
    this.addSql(`create index webhook_deliveries_ended_idx on webhook_deliveries (completed_at)`)
    this.addSql(`
      create index webhook_deliveries_leased_idx on webhook_deliveries (webhook_id) where leased_until is not null`)
    this.addSql(`
      create index webhook_deliveries_pending_idx on webhook_deliveries (webhook_id, id) where status = 'pending'`)
  }
}
