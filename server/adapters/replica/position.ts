import { clusterName } from '../../kernel/cluster-name.ts'
import type { Statement } from '../../ports/database.ts'
import type { Reason } from './unfit.ts'

/** How far a primary has written, or a replica has replayed. */
export interface Position {
  /** The system identifier, which a replica shares with its primary. */
  system: string
  /** The name of the event log, which changes when a server is promoted or restored. */
  epoch: string
  /** Bytes of WAL. A number holds them exactly up to 9 PB. */
  wal: number
}

/**
 * Everything that was committed before it is asked is below its answer, because a commit is flushed before it is
 * acknowledged. `is_named` is false on a primary that was promoted or restored and whose log still has its old name;
 * then the name of the log would not tell its replicas from those of its predecessor.
 */
export const askPrimary: Statement = {
  name: 'wal_of_primary',
  text: `select (select system_identifier from pg_control_system())::text as system, epoch,
      pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 as wal, cluster = ${clusterName} as is_named
    from log_head`,
  values: [],
}

/** A statement that comes after this one on the same connection sees at least this much. */
export const askReplica: Statement = {
  name: 'wal_of_replica',
  text: `select (select system_identifier from pg_control_system())::text as system, epoch,
      pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 as wal, pg_is_in_recovery() as is_standby,
      extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as last_change_s
    from log_head`,
  values: [],
}

export type OfPrimary = Position & { is_named: boolean }
export type OfReplica = Position & { is_standby: boolean; last_change_s: number | null }

/** Why a replica at this position may not answer a read that began at `wanted`; null when it may. */
export function faultOf(replica: OfReplica, wanted: Position): Reason | null {
  if (replica.system !== wanted.system) return 'foreign'
  if (!replica.is_standby) return 'promoted'
  if (replica.wal < wanted.wal) return 'behind'
  // It follows another timeline, where the same position holds something else.
  return replica.epoch === wanted.epoch ? null : 'foreign'
}
