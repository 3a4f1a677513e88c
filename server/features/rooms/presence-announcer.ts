import { type Clock, createPacing } from './pacing.ts'
import type { PresenceChange, Seen } from './presence-replicas.ts'

/** What the others have been told last of a person in a room, and what is so now; null is not there. */
interface Owed {
  told: Seen | null
  now: Seen | null
  /** Somebody was shown the room meanwhile, and has seen neither for certain. */
  shown: boolean
}

/**
 * Tells others who comes, goes and does what, at the pace that pacing allows. What happened meanwhile is merged: who came
 * and went is not told of, of several states the last one is, and in the end everybody knows what is so.
 */
export function createAnnouncer(tell: (change: PresenceChange) => void, clock?: Clock) {
  const owed = new Map<string, Map<number, Owed>>()
  const pacing = createPacing(settle, clock)

  function settle(user_id: number, room: string) {
    const people = owed.get(room)
    const one = people?.get(user_id)
    if (!one) return
    people!.delete(user_id)
    if (people!.size === 0) owed.delete(room)
    const { told, now, shown } = one
    if (!now) {
      if (told || shown) tell({ event: 'user_left', room, user_id })
      return
    }
    if (!told || shown) tell({ event: 'user_joined', room, user_id })
    if (shown || now.at !== told?.at) tell({ event: 'presence_changed', room, user_id, state: now.state })
  }

  return {
    changed: (room: string, userId: number, before: Seen | null, now: Seen | null): void => {
      const people = owed.get(room) ?? new Map<number, Owed>()
      owed.set(room, people)
      const one = people.get(userId)
      if (one) one.now = now
      else people.set(userId, { told: before, now, shown: false })
      pacing.note(userId, room)
    },
    /** Who is shown who is there has to be told what it saw the end of, even if all others need not be. Nobody is told of themselves. */
    shown: (room: string, viewer: number | undefined): void => {
      for (const [userId, one] of owed.get(room) ?? []) if (userId !== viewer) one.shown = true
    },
    stop: (): void => {
      owed.clear()
      pacing.stop()
    },
  }
}
