import { Migration } from '@mikro-orm/migrations'

/** Feature flags. The rules are a list that is read and written whole. */
export class Migration20261217000000_flags extends Migration {
  override up(): void {
    this.addSql(`
      create table flags (
        id bigint generated always as identity primary key,
        name text not null constraint flags_name_key unique,
        description text not null,
        enabled boolean not null,
        rollout_percent double precision not null
          constraint flags_rollout_percent_check check (rollout_percent between 0 and 100),
        rules json not null,
        version int not null default 1,
        updated_by bigint not null references users (id),
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`)
  }
}
