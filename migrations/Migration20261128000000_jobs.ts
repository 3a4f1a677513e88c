import { Migration } from '@mikro-orm/migrations'

/** Jobs: what they are, how far they have come, and what became of them. That one is due stands in the queue's own schema. */
export class Migration20261128000000_jobs extends Migration {
  override up(): void {
    this.addSql(`
      create table jobs (
        id bigint generated always as identity primary key,
        type text not null,
        status text not null default 'queued'
          constraint jobs_status_check check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
        input json not null,
        cursor json,
        total_items int,
        processed_items int not null default 0,
        failed_items int not null default 0,
        result json,
        error text,
        attempts int not null default 0,
        run int not null default 0,
        created_by bigint not null references users (id),
        created_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        completed_at timestamptz(3)
      )`)
    this.addSql(`create index jobs_owner_idx on jobs (created_by, id desc)`)
    this.addSql(`create index jobs_unfinished_idx on jobs (created_by) where status in ('queued', 'running')`)
    this.addSql(`create index jobs_completed_idx on jobs (completed_at)`)
  }
}
