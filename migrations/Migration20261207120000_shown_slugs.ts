import { Migration } from '@mikro-orm/migrations'

/**
 * Several projects, or posts, may have the same slug, as far as nobody notices who may not see them all. The unique
 * constraints stay for the release before, which names them: a second one is stored as `plan~9f86d081b2c4`, and found and
 * shown by what stands before the `~`, which no slug can contain. Rows that are there need no change.
 */
export class Migration20261207120000_shown_slugs extends Migration {
  override up(): void {
    this.addSql(`
      create function shown_slug(stored text) returns text language sql immutable strict parallel safe as $$
        select split_part(stored, '~', 1)
      $$`)
    this.addSql(`create index projects_shown_slug_idx on projects (shown_slug(slug))`)
    this.addSql(`create index posts_shown_slug_idx on posts (shown_slug(slug))`)
  }
}
