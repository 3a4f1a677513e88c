import { Migration } from '@mikro-orm/migrations'

const quantities = [
  'cpu_percent',
  'memory_bytes',
  'heap_used_bytes',
  'event_loop_delay_p99_ms',
  'requests_per_second',
  'errors_per_second',
  'requests_in_flight',
  'request_p50_ms',
  'request_p99_ms',
  'sockets',
  'events_per_second',
  'event_lag_p99_ms',
  'events_behind',
  'outbox_commands',
  'queries_per_second',
  'query_p99_ms',
  'database_connections',
  'database_bytes',
  'jobs_queued',
  'cache_hit_rate',
  'disk_free_bytes',
].map(name => `${name} double precision`)

/** The numbers of each instance, minute by minute, and those of all instances by hour and by day. */
export class Migration20261218000000_statistics extends Migration {
  override up(): void {
    this.addSql(`
      create table statistics_samples (
        at timestamptz(3) not null,
        instance uuid not null,
        failed_probes text[] not null,
        ${quantities.join(', ')},
        primary key (at, instance)
      )`)
    this.addSql(`
      create table statistics_periods (
        resolution text not null constraint statistics_periods_resolution_check check (resolution in ('hour', 'day')),
        at timestamptz(3) not null,
        instances int not null,
        samples int not null,
        failed_probes text[] not null,
        ${quantities.join(', ')},
        primary key (resolution, at)
      )`)
  }
}
