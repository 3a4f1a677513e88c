import { Migration } from '@mikro-orm/migrations'

/** Alerts. Of each name there is one that is raised; whichever instance still sees its reason notes when. */
export class Migration20261222000000_alerts extends Migration {
  override up(): void {
    this.addSql(`
      create table alerts (
        id bigint generated always as identity primary key,
        name text not null,
        severity text not null constraint alerts_severity_check check (severity in ('warning', 'critical')),
        state text not null constraint alerts_state_check check (state in ('raised', 'cleared')),
        message text not null,
        details json not null,
        raised_at timestamptz(3) not null,
        cleared_at timestamptz(3),
        last_seen_at timestamptz(3) not null
      )`)
    this.addSql(`create unique index alerts_raised_key on alerts (name) where state = 'raised'`)
  }
}
