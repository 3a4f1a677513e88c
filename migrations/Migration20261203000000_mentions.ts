import { Migration } from '@mikro-orm/migrations'

/** So that who has been told of a mention in a comment is found without reading all that they have been told. */
export class Migration20261203000000_mentions extends Migration {
  override up(): void {
    this.addSql(`
      create index notifications_mention_idx on notifications (((data->>'comment_id')::bigint)) where type = 'mention'`)
  }
}
