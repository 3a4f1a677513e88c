import { Migration } from '@mikro-orm/migrations'

/** The trace to which an event belongs (`traceparent`), from the request that caused it to those who get it. */
export class Migration20261221000000_tracing extends Migration {
  override up(): void {
    for (const table of ['outbox', 'event_log']) this.addSql(`alter table ${table} add column traceparent text`)
  }
}
