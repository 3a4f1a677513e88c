import { Migration } from '@mikro-orm/migrations'

/** Finds the deliveries that were given up lately, of which there are few, without reading those that arrived. */
export class Migration20261227000000_dead_letters extends Migration {
  override up(): void {
    this.addSql(`
      create index webhook_deliveries_failed_idx on webhook_deliveries (completed_at) where status = 'failed'`)
  }
}
