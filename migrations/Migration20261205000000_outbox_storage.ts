import { Migration } from '@mikro-orm/migrations'

/** What waits in the outbox waits for milliseconds: to compress it costs more than the room that it takes. */
export class Migration20261205000000_outbox_storage extends Migration {
  override up(): void {
    this.addSql(`alter table outbox alter column payloads set storage external`)
  }
}
