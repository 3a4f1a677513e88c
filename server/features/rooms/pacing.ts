import { createBudgets } from '../../kernel/budgets.ts'

/** Per person and room; enough for a smoothly moving cursor. */
const inRoom = { perSecond: 10, atOnce: 5 }
/** Per person in all rooms; the burst is as many rooms as two sockets may join. */
const inAll = { perSecond: 30, atOnce: 200 }
const checkMs = 50

/** Replaced in tests that do not wait for time to pass. */
export interface Clock {
  now: () => number
  /** Calls `run` repeatedly. @returns a function that ends that */
  every: (ms: number, run: () => void) => () => void
}

export const realClock: Clock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}

export interface Pacing {
  /** Requests an announcement about a person in a room: at once or, after too many recent ones, soon. */
  note(userId: number, room: string): void
  stop(): void
}

/**
 * Decides when a person's change in a room may be announced. Changes that are noted while one waits are announced once.
 * So frequent changes are announced at the rate above, and the last change always is.
 */
export function createPacing(announce: (userId: number, room: string) => void, clock: Clock = realClock): Pacing {
  const rooms = createBudgets<string>(inRoom, clock.now)
  const people = createBudgets<number>(inAll, clock.now)
  /** In the order in which they were noted. */
  const waiting = new Map<number, Set<string>>()
  let end: (() => void) | null = null

  function mayAnnounce(userId: number, room: string): boolean {
    return people.has(userId) && rooms.take(`${userId} ${room}`) && people.take(userId)
  }

  function announceWaiting() {
    for (const [userId, names] of waiting) {
      for (const room of names) {
        if (!people.has(userId)) break
        if (!mayAnnounce(userId, room)) continue
        names.delete(room)
        announce(userId, room)
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
      // An announcement in one room does not overtake a waiting one of the same person in another room.
      if (!names && mayAnnounce(userId, room)) return announce(userId, room)
      waiting.set(userId, (names ?? new Set()).add(room))
      end ??= clock.every(checkMs, announceWaiting)
    },
    stop: () => {
      waiting.clear()
      stop()
    },
  }
}
