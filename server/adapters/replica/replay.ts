import { setTimeout as sleep } from 'node:timers/promises'
import { errorClass } from '../../kernel/error-class.ts'
import { faultOf, type OfReplica, type Position } from './position.ts'
import { Unfit } from './unfit.ts'

/** A read waits so long for the replica. */
const patienceMs = 250
const longestPauseMs = 16
/** A database without our tables. */
const undefinedTable = '42P01'

export type Replay = ReturnType<typeof createReplay>

/** How far the replica has come. It is asked only while somebody waits, often at first. */
export function createReplay(ask: () => Promise<OfReplica>) {
  const waiting = new Map<(fault: Unfit | null) => void, Position>()
  let seen: OfReplica | null = null
  let asking = false

  function note(position: OfReplica) {
    seen = position
    for (const [done, wanted] of waiting) {
      const fault = faultOf(position, wanted)
      if (fault !== 'behind') done(fault && new Unfit(fault))
    }
  }

  async function askOnce(): Promise<OfReplica> {
    try {
      const position = await ask()
      note(position)
      return position
    } catch (error) {
      seen = null
      throw new Unfit(errorClass(error) === undefinedTable ? 'foreign' : 'away', error)
    }
  }

  async function askWhileAwaited() {
    if (asking) return
    asking = true
    let pauseMs = 1
    while (waiting.size > 0) {
      const before = waiting.size
      await askOnce().catch((fault: Unfit) => {
        for (const done of waiting.keys()) done(fault)
      })
      if (waiting.size === 0) break
      pauseMs = waiting.size < before ? 1 : Math.min(2 * pauseMs, longestPauseMs)
      await sleep(pauseMs)
    }
    asking = false
  }

  return {
    /** Resolves when the replica has come to a position. @throws Unfit when it does not within a moment */
    reach: async (wanted: Position): Promise<void> => {
      if (seen && faultOf(seen, wanted) === null) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const done = (fault: Unfit | null) => {
        waiting.delete(done)
        clearTimeout(late)
        if (fault) reject(fault)
        else resolve()
      }
      const late = setTimeout(() => done(new Unfit('behind')), patienceMs)
      waiting.set(done, wanted)
      void askWhileAwaited()
      await promise
    },
    /** Asks once. @throws Unfit when there is no answer */
    look: askOnce,
    /** The last position that was seen; null when the last question failed. */
    seen: () => seen,
    /** A position that was seen on the way. */
    note,
  }
}
