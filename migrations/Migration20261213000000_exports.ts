import { Migration } from '@mikro-orm/migrations'

/** What an export is, beside its job: what it contains, and its file, until that expires. */
export class Migration20261213000000_exports extends Migration {
  override up(): void {
    this.addSql(`
      create table exports (
        job_id bigint primary key references jobs (id) on delete cascade,
        type text not null,
        format text not null,
        filters json not null,
        as_admin boolean not null default false,
        file_key text,
        file_size bigint,
        sha256 text,
        rows bigint,
        expires_at timestamptz(3)
      )`)
    this.addSql(`create index exports_files_idx on exports (expires_at) where file_key is not null`)
  }
}
