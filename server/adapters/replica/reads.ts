import type pg from 'pg'
import { errorClass } from '../../kernel/error-class.ts'
import type { Connection, Reads } from '../../ports/database.ts'
import { createReadWithin, createTransaction, type Run, sendTogether } from '../database-pool.ts'
import { translateError } from '../database-errors.ts'
import type { Gate } from './gate.ts'
import { askReplica, faultOf, type OfReplica, type Position } from './position.ts'
import type { Replay } from './replay.ts'
import { statementTimeout } from './run.ts'
import { Unfit } from './unfit.ts'

const onlyReads = '25006'
/** A conflict with what the replica replays, a deadlock with it, and a lock that it holds. */
const conflicts = new Set(['40001', '40P01', '55P03'])

/**
 * Runs statements on the replica. Each one is sent behind a question for the position, in the same transaction: so it
 * holds for the very server that runs it, also when another one has taken its place meanwhile.
 *
 * @throws Unfit when the primary has to answer instead
 */
export function createReplicaReads(deps: { pool: pg.Pool; run: Run; gate: Gate; replay: Replay }) {
  const { pool, run, gate, replay } = deps
  const within = createReadWithin(createTransaction(pool, run))

  function assertFit(position: OfReplica, wanted: Position) {
    const fault = faultOf(position, wanted)
    if (fault === null) return replay.note(position)
    const unfit = new Unfit(fault)
    // Another server than the one that was waited for, behind the same address: the next read may fare better.
    if (fault !== 'behind') gate.note(unfit)
    throw unfit
  }

  /** The error of a statement, or what it says of the replica. */
  function judge(error: unknown): unknown {
    const kind = errorClass(error)
    if (kind === statementTimeout) return error
    if (conflicts.has(kind)) return new Unfit('cancelled', error)
    return isBroken(error) ? broken(error) : new Unfit('failed', error)
  }

  /** Others may work, so only a question without an answer makes the replica rest. */
  function broken(error: unknown): Unfit {
    gate.suspect()
    return new Unfit('away', error)
  }

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      throw judgeConnecting(error)
    }
  }

  const judgeConnecting = (error: unknown): Unfit => (isBusy(error) ? new Unfit('busy', error) : broken(error))

  return {
    query: async <R extends object>(
      wanted: Position,
      ...[statement]: Parameters<Connection['query']>
    ): Promise<R[]> => {
      const client = await connect()
      let ended: Error | undefined
      try {
        sendTogether(client)
        const [, asked, answered, committed] = await Promise.allSettled([
          client.query('begin read only'),
          run<OfReplica>(client, askReplica),
          run<R>(client, statement),
          // After an error it rolls back.
          client.query('commit'),
        ])
        if (committed.status === 'rejected') ended = committed.reason
        if (asked.status === 'rejected') throw asked.reason
        if (answered.status === 'rejected') throw answered.reason
        assertFit(asked.value[0]!, wanted)
        return answered.value
      } catch (error) {
        throw error instanceof Unfit ? error : judge(error)
      } finally {
        client.release(ended)
      }
    },

    readWithin: async <T>(wanted: Position, ...[timeoutMs, work]: Parameters<Reads['readWithin']>): Promise<T> => {
      let refused: { error: unknown } | null = null
      let own: { error: unknown } | null = null
      const noted = (error: unknown) => {
        refused ??= { error }
        throw error
      }
      try {
        return await within(timeoutMs, async tx => {
          const asked = tx.query<OfReplica>(askReplica)
          const done = work({ query: statement => tx.query<never>(statement).catch(noted) }) as Promise<T>
          const [position, result] = await Promise.allSettled([asked, done])
          if (position.status === 'rejected') return noted(position.reason)
          if (!refused) assertFit(position.value[0]!, wanted)
          if (result.status === 'fulfilled') return result.value
          own = { error: result.reason }
          throw result.reason
        })
      } catch (error) {
        if (error instanceof Unfit) throw error
        const { error: statementError } = (refused as { error: unknown } | null) ?? { error: null }
        if (refused) throw judge(statementError)
        throw own ? error : judgeConnecting(error)
      }
    },
  }
}

const isBusy = (error: unknown) => /timeout exceeded when trying to connect/.test(messageOf(error))
/** The connection is of no use any more, whoever ended it. A statement that writes is a fault of ours. */
const isBroken = (error: unknown) =>
  (translateError(error) as { code?: string }).code === 'unavailable' && errorClass(error) !== onlyReads

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${messageOf(error.cause)}` : ''
