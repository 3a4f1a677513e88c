import { limits } from '../../../contract/index.ts'
import { createBudgets } from '../../kernel/budgets.ts'
import { type Clock, realClock } from './pacing.ts'

/** When a room is large, and when it is ordinary again. */
export interface RoomSizes {
  /** With more people it is large. */
  above: number
  /** With fewer people it may be ordinary again. */
  below: number
  /** How long it stays large at least; 10 s if not given. */
  stayMs?: number
}

const usual: RoomSizes = { above: limits.largeRoomPeople, below: limits.ordinaryRoomPeople }
const usualStayMs = 10_000
/** The shortest time between two counts of a room. */
const leastMs = 1_000
const checkMs = 100
/** Of all large rooms together. A room is announced whole, and then all wait until that is paid. */
const messages = { perSecond: 2_000, atOnce: (2_000 * checkMs) / 1_000 }
/** A list counts as one message for each of these bytes. */
const messageBytes = 2_048

/** What the people of a room are told. */
export interface LargeRoomNews {
  count(room: string, count: number): void
  /**
   * Tells them everybody in the room, which is ordinary from then on.
   *
   * @returns the bytes of the list; null when these are too many, so that nobody was told and the room stays large
   */
  everybody(room: string): number | null
}

export interface LargeRooms {
  has(room: string): boolean
  /**
   * Called with the number of people after one of them came or left. The people of a large room are told soon.
   *
   * @returns whether the room has become large by that
   */
  sized(room: string, count: number): boolean
  /** Called when a client was given the present count. It has to get the next one, even if the others know it. */
  shown(room: string): void
  stop(): void
}

interface LargeRoom {
  since: number
  /** As last counted. */
  count: number
  /** As all its clients know it; null when they know different counts. */
  known: number | null
  /** Before this its people are told nothing. */
  nextAt: number
}

/**
 * Which rooms are large, and when their people are told something. The bounds differ and a room stays large for a
 * while, so that it does not change with each person who comes and goes.
 */
export function createLargeRooms(
  tell: LargeRoomNews,
  { above, below, stayMs = usualStayMs }: RoomSizes = usual,
  clock: Clock = realClock,
): LargeRooms {
  const large = new Map<string, LargeRoom>()
  /** The rooms whose people may have to be told something. Those that have waited longest come first. */
  const waiting = new Set<string>()
  const budget = createBudgets<'all'>(messages, clock.now)
  let end: (() => void) | null = null

  function tellWaiting() {
    for (const room of waiting) {
      if (!budget.has('all')) return
      const one = large.get(room)!
      if (clock.now() < one.nextAt) continue
      waiting.delete(room)
      if (one.count < below) {
        if (becomesOrdinary(room, one)) continue
        // Looked at again with the others, after a while.
        waiting.add(room)
        one.nextAt = clock.now() + leastMs
      }
      if (one.count !== one.known) tellCount(room, one)
    }
    if (waiting.size === 0) stop()
  }

  function becomesOrdinary(room: string, { count, since }: LargeRoom): boolean {
    const bytes = clock.now() < since + stayMs ? null : tell.everybody(room)
    if (bytes === null) return false
    large.delete(room)
    budget.owe('all', count * Math.ceil(bytes / messageBytes))
    return true
  }

  function tellCount(room: string, one: LargeRoom) {
    one.known = one.count
    one.nextAt = clock.now() + leastMs
    budget.owe('all', one.count)
    tell.count(room, one.count)
  }

  function stop() {
    end?.()
    end = null
  }

  return {
    has: room => large.has(room),
    sized: (room, count) => {
      const one = large.get(room)
      if (!one && count <= above) return false
      if (one) one.count = count
      else large.set(room, { since: clock.now(), count, known: null, nextAt: 0 })
      waiting.add(room)
      end ??= clock.every(checkMs, tellWaiting)
      return !one
    },
    shown: room => {
      const one = large.get(room)
      if (one && one.count !== one.known) one.known = null
    },
    stop: () => {
      large.clear()
      waiting.clear()
      stop()
    },
  }
}
