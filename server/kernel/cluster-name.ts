/**
 * SQL for what a primary is now: its system and its timeline, as the column `cluster` of `log_head` holds them. The
 * timeline is that of the WAL which is being written: the control file names the one before until the first checkpoint
 * after a promotion, which may take minutes.
 */
export const clusterName = `(select system_identifier from pg_control_system()) || '/' ||
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`
