import { Migration } from '@mikro-orm/migrations'

/**
 * Erasures of people who are not in the data, because a backup from before they came was restored. A later backup may
 * bring them back, and they are erased again then. An account is known by its id and the time at which it was made,
 * because the backup of another installation has other people under the same ids.
 */
export class Migration20261228000000_absent_erasures extends Migration {
  override up(): void {
    this.addSql(`
      create table absent_erasures (
        user_id bigint not null,
        registered_at timestamptz(3) not null,
        requested_at timestamptz(3) not null,
        primary key (user_id, registered_at)
      )`)
  }
}
