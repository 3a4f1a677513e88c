import type { Database, Session } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { currentEpoch } from './epoch.ts'
import { batchEvents, type Sequenced, sequence } from './log.ts'
import { ensurePartitions } from './partitions.ts'

export interface Sequencer {
  /** A hint that there is something in the outbox; it may be lost. */
  wake(): void
  start(): void
  stop(): Promise<void>
  /** Whether this instance is the one that sequences. */
  readonly leading: boolean
}

/** The lock's number, the same on all instances. */
const leaderLock = 7_201_002
/**
 * A frozen process never loses an advisory lock by itself, so PostgreSQL ends a session that is silent for this long.
 */
const silenceMs = 3_000
/** The interval at which the leader polls, in case hints were lost, and shows that it is alive. */
const idleMs = 250
const candidateMs = 500

/**
 * Gives committed events their offsets, in one instance at a time. Leadership is an advisory lock on a separate
 * session, and the sequencing statement runs on that session, so an instance that lost the lock cannot run the
 * statement. Two at once would still do no harm, because the statement locks the head of the log first.
 */
export function createSequencer(deps: {
  database: Database
  log: Logger
  deliver: (sequenced: Sequenced) => void
}): Sequencer {
  const { database, log, deliver } = deps
  let stopped = false
  let leading = false
  let woken = false
  let wakeUp: (() => void) | null = null
  let running: Promise<void> = Promise.resolve()

  function wake() {
    woken = true
    // Only the leader reacts to hints; otherwise all other instances would ask for the lead with every write.
    if (leading) wakeUp?.()
  }

  async function pause(ms: number) {
    if (stopped) return
    const { promise, resolve } = Promise.withResolvers<void>()
    wakeUp = resolve
    const timer = setTimeout(resolve, ms)
    await promise
    clearTimeout(timer)
    wakeUp = null
  }

  async function lead(session: Session) {
    const epoch = await currentEpoch(session)
    let partitionedTo = await ensurePartitions(session)
    leading = true
    log.debug({ epoch }, 'this instance sequences the event log')
    while (!stopped) {
      woken = false
      const sequenced = await sequence(session)
      if (sequenced) deliver(sequenced)
      if ((sequenced?.last ?? 0) > partitionedTo.refillAt) partitionedTo = await ensurePartitions(session)
      // A smaller batch has left nothing behind, and what was committed since has woken this loop or will be polled for.
      if (!woken && (sequenced?.count ?? 0) < batchEvents) await pause(idleMs)
    }
  }

  async function campaign() {
    const session = await database.openSession({ idleTimeoutMs: silenceMs })
    let ended = false
    session.onEnd(() => {
      ended = true
      wakeUp?.()
    })
    try {
      while (!stopped && !ended) {
        const [row] = await session.query<{ won: boolean }>({
          text: 'select pg_try_advisory_lock($1) as won',
          values: [leaderLock],
        })
        if (row?.won) return await lead(session)
        await pause(candidateMs)
      }
    } finally {
      leading = false
      await session.close()
    }
  }

  async function run() {
    while (!stopped) {
      try {
        await campaign()
      } catch (error) {
        if (!stopped) log.warn({ err: error }, 'sequencing was interrupted; trying again')
      }
      await pause(idleMs)
    }
  }

  return {
    wake,
    get leading() {
      return leading
    },
    start: () => void (running = run()),
    stop: async () => {
      stopped = true
      wakeUp?.()
      await running
    },
  }
}
