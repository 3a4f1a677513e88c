import { errorClass } from '../../kernel/error-class.ts'
import type { Logger } from '../../kernel/logger.ts'
import { faultOf, type OfPrimary, type OfReplica, type Position } from './position.ts'
import type { Replay } from './replay.ts'
import { type Reason, reasons, Unfit } from './unfit.ts'

/** After a fault the replica gets no reads; so often it is looked whether it is fit again. */
const restMs = 1_000
/** A statement that takes longer makes the gate look whether the replica still answers. */
const suspiciousMs = 1_000
/** With these faults the next read would fare no better. */
const lasting = new Set<Reason>(['away', 'behind', 'promoted', 'foreign', 'pooled', 'primary'])

export type Gate = ReturnType<typeof createGate>

/** Decides whether reads may go to the replica, and waits until it has what was committed before them. */
export function createGate({ ask, replay, log }: { ask: () => Promise<OfPrimary>; replay: Replay; log: Logger }) {
  /** The fault for which the replica rests; null while it is used. */
  let fault: Unfit | null = new Unfit('starting')
  let lastError: { class: string; at: string } | null = null
  let next: NodeJS.Timeout | undefined
  let closed = false
  /** What is under way on the replica. */
  const underWay = new Set<(away: Unfit) => void>()

  let suspicion: Promise<void> | null = null

  async function askPrimary(): Promise<Position> {
    const wanted = await ask().catch(error => {
      throw new Unfit('primary', error)
    })
    if (!wanted.is_named) throw new Unfit('primary')
    return wanted
  }

  /** @param before where the replica was before the primary was asked */
  async function reach(wanted: Position, before: OfReplica | null): Promise<void> {
    // A primary sends only what it has flushed, so this replica has something that the primary has lost.
    if (before && before.wal > wanted.wal) throw new Unfit(faultOf(before, wanted) ?? 'foreign')
    await replay.reach(wanted)
  }

  async function come(): Promise<Position> {
    const before = replay.seen()
    const wanted = await askPrimary()
    await reach(wanted, before)
    return wanted
  }

  /** Asks the replica at once, and once for all who suspect it. */
  function suspect() {
    suspicion ??= replay
      .look()
      .then(() => {}, note)
      .finally(() => (suspicion = null))
  }

  /** Notes a fault; after a lasting one the replica rests. */
  function note(found: Unfit) {
    if (closed || !lasting.has(found.reason)) return
    if (found.cause !== undefined) lastError = { class: errorClass(found.cause), at: new Date().toISOString() }
    if (found.reason === 'away') for (const giveUp of underWay) giveUp(found)
    if (!fault) log.warn({ reason: found.reason, err: found.cause }, 'the replica is not used: reads go to the primary')
    fault = found
    tryLater()
  }

  /** Further faults do not put it off. */
  function tryLater() {
    next ??= setTimeout(() => void tryAgain(), restMs).unref()
  }

  async function tryAgain() {
    next = undefined
    try {
      await replay.look()
      await come()
      if (fault && fault.reason !== 'starting') log.info('the replica is used again')
      fault = null
    } catch (error) {
      note(error as Unfit)
    }
  }

  return {
    start: () => void tryAgain(),
    /** Resolves with the position of the primary that the replica has reached. @throws Unfit */
    pass: async (): Promise<Position> => {
      if (fault) throw new Unfit(fault.reason)
      return come().catch(found => {
        note(found)
        throw found
      })
    },
    note,
    /** Something went wrong that may be the fault of one connection: looks whether the replica answers. */
    suspect,
    /** Looks whether the replica keeps up, as a read would. Resolves with the position of the primary, if it answers. */
    look: async (): Promise<Position | null> => {
      let wanted: Position | null = null
      try {
        const before = replay.seen()
        wanted = await askPrimary()
        if (!fault) await reach(wanted, before)
      } catch (found) {
        note(found as Unfit)
      }
      return wanted
    },
    /** Waits for work on the replica, but not when it does not answer any more. @throws Unfit */
    whileThere: async <T>(work: Promise<T>): Promise<T> => {
      const { promise: away, reject } = Promise.withResolvers<never>()
      underWay.add(reject)
      const whileSlow = setInterval(suspect, suspiciousMs)
      try {
        return await Promise.race([work, away])
      } finally {
        clearInterval(whileSlow)
        underWay.delete(reject)
      }
    },
    /** Whether reads go to the replica now, or why not. */
    state: () => ({
      reason: fault && reasons[fault.reason],
      ...(lastError && { last_error: lastError }),
    }),
    close: () => {
      closed = true
      clearTimeout(next)
    },
  }
}
