import { connectionTo, withSettings, withSettingsOf } from '../database-connection.ts'
import { sign } from '../database-fitness.ts'
import { openPool } from '../database-pool.ts'
import type { Component } from '../../kernel/health.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Reads } from '../../ports/database.ts'
import { createGate } from './gate.ts'
import { askPrimary, askReplica, type OfPrimary, type OfReplica, type Position } from './position.ts'
import { createReplicaReads } from './reads.ts'
import { createReplay } from './replay.ts'
import { measureReplica } from './replica-metrics.ts'
import { createReplicaRun, runUnmeasured } from './run.ts'
import { createSharedQuestion } from './shared-question.ts'
import { Unfit } from './unfit.ts'

/**
 * In milliseconds. A lock on the replica is held by what it replays; the primary answers sooner than it is released.
 */
const limits = { lock: 250, statement: 10_000, idleInTransaction: 10_000 }
/** It applies when the server or the network does not even report a time-out. */
const silentTimeoutMs = 12_000
/** For a connection, and for an answer that takes no time to find. */
const shortMs = 1_000
const poolSize = 16

export type Replica = ReturnType<typeof openReplica>

/**
 * A streaming replica of PostgreSQL for statements that only read. A read begins with the question how far the primary
 * has written, and runs when the replica has replayed that: so it sees everything that was committed before it, as on
 * the primary. Whatever is wrong with the replica, the primary answers instead (docs/decisions/0024).
 */
export function openReplica(deps: {
  url: string
  primaryUrl: string
  log: Logger
  metrics: Metrics
  /** Called with when each statement began, and whether it succeeded. */
  measure: (began: number, isOk: boolean) => void
}) {
  const { primaryUrl, log, metrics } = deps
  const url = withSettings(withSettingsOf(deps.url, primaryUrl), sign)
  const short = { query_timeout: shortMs, connectionTimeoutMillis: shortMs }
  // Connections of their own, so that a question waits for no statement.
  const ofPrimary = openPool(connectionTo(primaryUrl, { statement: shortMs }, short), 1, log)
  const asking = openPool(connectionTo(url, { statement: shortMs }, short), 1, log)
  const connection = { pipeline: true, query_timeout: silentTimeoutMs, connectionTimeoutMillis: shortMs }
  const pool = openPool(connectionTo(url, limits, connection), poolSize, log)
  const replay = createReplay(async () => (await runUnmeasured<OfReplica>(asking, askReplica))[0]!)
  const ask = createSharedQuestion(async () => (await runUnmeasured<OfPrimary>(ofPrimary, askPrimary))[0]!)
  const gate = createGate({ ask, replay, log })
  const reads = createReplicaReads({ pool, run: createReplicaRun(deps.measure), gate, replay })
  const measured = measureReplica(metrics, pool)
  gate.start()

  return {
    /** Reads that go to the replica when it can answer, and otherwise to this database. */
    before(instead: Reads): Reads {
      const read = async <T>(onReplica: (wanted: Position) => Promise<T>, onPrimary: () => Promise<T>): Promise<T> => {
        try {
          const began = performance.now()
          const wanted = await gate.pass()
          measured.waited(began)
          const value = await gate.whileThere(onReplica(wanted))
          measured.read()
          return value
        } catch (error) {
          if (!(error instanceof Unfit)) throw error
          measured.missed(error.reason)
        }
        return onPrimary()
      }
      return {
        query: statement =>
          read(
            wanted => reads.query(wanted, statement),
            () => instead.query(statement),
          ),
        readWithin: (timeoutMs, work) =>
          read(
            wanted => reads.readWithin(wanted, timeoutMs, work),
            () => instead.readWithin(timeoutMs, work),
          ),
      }
    },
    /** Whether reads go to the replica now, or why not; how far it is behind, as far as it answers. */
    async check(): Promise<Component> {
      const primary = await gate.look()
      const seen = primary && (await replay.look().catch(gate.note))
      const { reason, ...last } = gate.state()
      return {
        ...(reason === null ? { status: 'healthy' } : { status: 'degraded', reason }),
        ...last,
        connections: pool.totalCount,
        ...(primary &&
          seen && {
            behind_bytes: Math.max(0, primary.wal - seen.wal),
            behind_seconds: seen.wal < primary.wal ? Math.round(Math.max(0, seen.last_change_s ?? 0)) : 0,
          }),
      }
    },
    close: async () => {
      gate.close()
      await Promise.all([ofPrimary.end(), asking.end(), pool.end()])
    },
  }
}
