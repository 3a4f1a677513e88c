import type { SignalName, SignalPayload } from '../../../contract/index.ts'
import { type Clock, createPacing } from './pacing.ts'
import type { Seen } from './presence-replicas.ts'

type ChangeName = Extract<
  SignalName,
  'user_joined' | 'user_left' | 'presence_changed' | 'presence_count' | 'presence_members'
>
/** What the people in a room are sent: `user_id` is the person it is about, who does not get it. */
export type PresenceChange = { [N in ChangeName]: { event: N } & SignalPayload<N> }[ChangeName]

/** What was last announced about a person in a room, and the present state; null means absent. */
interface Pending {
  announced: Seen | null
  now: Seen | null
  /** A client was sent the member list of the room meanwhile, so it is unknown which of the two states it has seen. */
  shown: boolean
}

/**
 * Announces who joins, leaves and changes the state, at the rate that pacing allows. Changes in between are merged: a
 * person who joined and left is not announced, of several states only the last one is, and in the end everybody knows
 * the present state.
 */
export function createAnnouncer(announce: (change: PresenceChange) => void, clock?: Clock) {
  const pending = new Map<string, Map<number, Pending>>()
  const pacing = createPacing(settle, clock)

  function settle(user_id: number, room: string) {
    const people = pending.get(room)
    const one = people?.get(user_id)
    if (!one) return
    people!.delete(user_id)
    if (people!.size === 0) pending.delete(room)
    const { announced, now, shown } = one
    if (!now) {
      if (announced || shown) announce({ event: 'user_left', room, user_id })
      return
    }
    if (!announced || shown) announce({ event: 'user_joined', room, user_id })
    if (shown || now.at !== announced?.at) announce({ event: 'presence_changed', room, user_id, state: now.state })
  }

  return {
    changed: (room: string, userId: number, before: Seen | null, now: Seen | null): void => {
      const people = pending.get(room) ?? new Map<number, Pending>()
      pending.set(room, people)
      const one = people.get(userId)
      if (one) one.now = now
      else people.set(userId, { announced: before, now, shown: false })
      pacing.note(userId, room)
    },
    /**
     * A client that got the member list has to be told the end of what it saw, even if nobody else has to be. Nobody is
     * told about themselves.
     */
    shown: (room: string, viewer: number | undefined): void => {
      for (const [userId, one] of pending.get(room) ?? []) if (userId !== viewer) one.shown = true
    },
    /** Nobody needs to be told any more what waits about the people of a room. */
    forget: (room: string): void => void pending.delete(room),
    stop: (): void => {
      pending.clear()
      pacing.stop()
    },
  }
}
