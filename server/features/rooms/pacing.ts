import { createBudgets } from '../../kernel/budgets.ts'

/** Of one person in one room; a cursor moves smoothly enough. */
const inRoom = { perSecond: 10, atOnce: 5 }
/** Of one person in all rooms; at once it is as many as two sockets may join. */
const inAll = { perSecond: 30, atOnce: 200 }
const lookMs = 50

/** Replaced where a test does not wait for time to pass. */
export interface Clock {
  now: () => number
  /** Calls `run` again and again. @returns what ends that */
  every: (ms: number, run: () => void) => () => void
}

const realClock: Clock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}

export interface Pacing {
  /** Something about a person in a room has to be told: at once or, when too much has been told of late, soon. */
  note(userId: number, room: string): void
  stop(): void
}

/**
 * Decides when something may be told about a person in a room. What is noted again while it waits is told once, so
 * whoever changes often is told at the pace above, and the last change always is.
 */
export function createPacing(tell: (userId: number, room: string) => void, clock: Clock = realClock): Pacing {
  const rooms = createBudgets<string>(inRoom, clock.now)
  const people = createBudgets<number>(inAll, clock.now)
  /** In the order in which they were noted. */
  const waiting = new Map<number, Set<string>>()
  let end: (() => void) | null = null

  function mayTell(userId: number, room: string): boolean {
    return people.has(userId) && rooms.take(`${userId} ${room}`) && people.take(userId)
  }

  function look() {
    for (const [userId, names] of waiting) {
      for (const room of names) {
        if (!people.has(userId)) break
        if (!mayTell(userId, room)) continue
        names.delete(room)
        tell(userId, room)
      }
      if (names.size === 0) waiting.delete(userId)
    }
    if (waiting.size === 0) stop()
  }

  function stop() {
    end?.()
    end = null
  }

  return {
    note: (userId, room) => {
      const names = waiting.get(userId)
      if (names?.has(room)) return
      // Who waits in one room does not overtake that in another.
      if (!names && mayTell(userId, room)) return tell(userId, room)
      waiting.set(userId, (names ?? new Set()).add(room))
      end ??= clock.every(lookMs, look)
    },
    stop: () => {
      waiting.clear()
      stop()
    },
  }
}
