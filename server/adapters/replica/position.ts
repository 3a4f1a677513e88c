import { clusterName } from '../../kernel/cluster-name.ts'
import type { Statement } from '../../ports/database.ts'
import { sign } from '../database-fitness.ts'
import type { Reason } from './unfit.ts'

/** How far a primary has written, or a replica has replayed. */
export interface Position {
  /** The system identifier, which a replica shares with its primary. */
  system: string
  /** The oid of the database, which a copy beside it does not share. */
  database: string
  /** The name of the event log, which changes when a server is promoted or restored. */
  epoch: string
  /** Bytes of WAL. A number holds them exactly up to 9 PB. */
  wal: number
}

const [[signName, signValue]] = Object.entries(sign) as [[string, string]]
const thisDatabase = `(select oid from pg_database where datname = current_database())::text as database`

/**
 * Everything that was committed before it is asked is below its answer, because a commit is flushed before it is
 * acknowledged. `is_named` is false on a primary that was promoted or restored and whose log still has its old name;
 * then the name of the log would not tell its replicas from those of its predecessor.
 */
export const askPrimary: Statement = {
  name: 'wal_of_primary',
  text: `select (select system_identifier from pg_control_system())::text as system,
      ${thisDatabase}, epoch, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 as wal, cluster = ${clusterName} as is_named
    from log_head`,
  values: [],
}

/**
 * A statement that comes after this one in the same transaction sees at least this much. Something that drops the
 * settings of the connection may also send the statements of a session to several servers.
 */
export const askReplica: Statement = {
  name: 'wal_of_replica',
  text: `select (select system_identifier from pg_control_system())::text as system,
      ${thisDatabase}, epoch,
      pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 as wal, pg_is_in_recovery() as is_standby,
      current_setting('${signName}', true) is not distinct from '${signValue}' as has_settings,
      extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as last_change_s
    from log_head`,
  values: [],
}

export type OfPrimary = Position & { is_named: boolean }
export type OfReplica = Position & {
  is_standby: boolean
  has_settings: boolean
  last_change_s: number | null
}

/** Why a replica at this position may not answer a read that began at `wanted`; null when it may. */
export function faultOf(replica: OfReplica, wanted: Position): Reason | null {
  if (!replica.has_settings) return 'pooled'
  if (replica.system !== wanted.system || replica.database !== wanted.database) return 'foreign'
  if (!replica.is_standby) return 'promoted'
  if (replica.wal < wanted.wal) return 'behind'
  // It follows another timeline, where the same position holds something else.
  return replica.epoch === wanted.epoch ? null : 'foreign'
}
