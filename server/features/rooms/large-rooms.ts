import { limits } from '../../../contract/index.ts'
import { type Clock, realClock } from './pacing.ts'

/** A room with more people than `above` is large; with fewer than `below` it is ordinary again. */
export interface RoomSizes {
  above: number
  below: number
}

const usual: RoomSizes = { above: limits.largeRoomPeople, below: limits.ordinaryRoomPeople }
/** The shortest time between two counts of a room. */
const leastMs = 1_000
/** A larger room gets its counts more rarely, so that each room costs at most this many messages a second. */
const messagesPerSecond = 2_000
const checkMs = 100

export interface LargeRooms {
  has(room: string): boolean
  /**
   * Called with the number of people after one of them came or left. A large room gets its count soon.
   *
   * @returns what the room has become by that, if it was not so before
   */
  sized(room: string, count: number): 'large' | 'ordinary' | null
  /** Called when a client was given the present count. It has to get the next one, even if the others know it. */
  shown(room: string): void
  stop(): void
}

/**
 * Which rooms are large, and when their people get the count. The bounds differ, so that a room does not change with
 * each person who comes and goes.
 */
export function createLargeRooms(
  announce: (room: string, count: number) => void,
  { above, below }: RoomSizes = usual,
  clock: Clock = realClock,
): LargeRooms {
  /**
   * The people of each large room, as last counted and as all its clients know them (null when they know different
   * counts), and when they may be announced again.
   */
  const large = new Map<string, { count: number; known: number | null; nextAt: number }>()
  const waiting = new Set<string>()
  let end: (() => void) | null = null

  function announceWaiting() {
    for (const room of waiting) {
      const one = large.get(room)
      if (one && clock.now() < one.nextAt) continue
      waiting.delete(room)
      if (!one || one.count === one.known) continue
      one.known = one.count
      one.nextAt = clock.now() + Math.max(leastMs, (one.count / messagesPerSecond) * 1_000)
      announce(room, one.count)
    }
    if (waiting.size === 0) stop()
  }

  function stop() {
    end?.()
    end = null
  }

  return {
    has: room => large.has(room),
    sized: (room, count) => {
      const one = large.get(room)
      if (one && count < below) {
        large.delete(room)
        return 'ordinary'
      }
      if (!one && count <= above) return null
      if (one) one.count = count
      else large.set(room, { count, known: null, nextAt: 0 })
      waiting.add(room)
      end ??= clock.every(checkMs, announceWaiting)
      return one ? null : 'large'
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
