import sql from 'sql-template-tag'
import type { DatabaseMetrics } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'

/** How full and how busy the database is, from what PostgreSQL counts itself. */
export async function readServer(db: Connection): Promise<DatabaseMetrics['server']> {
  const [row] = await db.query<DatabaseMetrics['server']>(sql`
    select current_setting('server_version') as version, pg_database_size(current_database()) as size_bytes,
      numbackends as connections, current_setting('max_connections')::int as max_connections,
      round(blks_hit::numeric / nullif(blks_hit + blks_read, 0), 4)::float8 as cache_hit_rate,
      xact_commit as commits, xact_rollback as rollbacks, deadlocks, temp_bytes as temporary_bytes
    from pg_stat_database where datname = current_database()`)
  return row!
}

/** The largest tables, with the partitions of the event log as one. */
export const readTables = (db: Connection): Promise<DatabaseMetrics['tables']> =>
  db.query(sql`
    select coalesce(parent.relname, one.relname) as name, sum(n_live_tup)::bigint as rows,
      sum(n_dead_tup)::bigint as dead_rows, sum(pg_total_relation_size(one.relid))::bigint as size_bytes
    from pg_stat_user_tables one
      left join pg_inherits on inhrelid = one.relid
      left join pg_class parent on parent.oid = inhparent
    where one.schemaname = current_schema()
    group by 1 order by size_bytes desc, name limit 20`)
