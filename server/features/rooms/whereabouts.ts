import type { MemberState } from '../../../contract/index.ts'

export type State = MemberState['state']

export type PresenceChange =
  | { event: 'user_joined'; room: string; user_id: number }
  | { event: 'user_left'; room: string; user_id: number }
  | { event: 'presence_changed'; room: string; user_id: number; state: State }

/** What one instance knows of a person in a room. It may have no connections any more and not yet be said to have left. */
export interface Share {
  connections: number
  /** Null when no connection of this instance has set one, or another set a later one. */
  state: State | null
  /** Orders states of one person over all instances: the highest is the last write. */
  at: number
}

/** A share as it was put, or null where there is none any more. */
export type Put = (instance: string, room: string, userId: number, share: Share | null) => void

export interface Whereabouts {
  put: Put
  /** Everything of an instance that is gone. */
  drop(instance: string): void
  of(instance: string): Iterable<[room: string, userId: number, share: Share]>
  members(room: string): (MemberState & { connections: number })[]
  /** The order of the state that a person has in a room; 0 without one. */
  stateOrder(room: string, userId: number): number
  clear(): void
}

type Shares = Map<string, Share>

/**
 * Who is in which room over all instances: the sum of what each of them knows. Each instance adds up for itself and
 * tells its own clients what changed, so nothing has to be agreed on.
 */
export function createWhereabouts(tell: (change: PresenceChange) => void): Whereabouts {
  const rooms = new Map<string, Map<number, Shares>>()

  function sharesIn(room: string, userId: number): Shares {
    const people = rooms.get(room) ?? new Map<number, Shares>()
    rooms.set(room, people)
    const shares = people.get(userId) ?? new Map<string, Share>()
    people.set(userId, shares)
    return shares
  }

  function forget(room: string, userId: number) {
    const people = rooms.get(room)
    people?.delete(userId)
    if (people?.size === 0) rooms.delete(room)
  }

  const put: Put = (instance, room, userId, share) => {
    const shares = sharesIn(room, userId)
    const [wasThere, before] = [shares.size > 0, lastState(shares)]
    if (share) shares.set(instance, share)
    else shares.delete(instance)
    const after = lastState(shares)

    if (shares.size === 0) {
      forget(room, userId)
      if (wasThere) tell({ event: 'user_left', room, user_id: userId })
      return
    }
    if (!wasThere) tell({ event: 'user_joined', room, user_id: userId })
    if (after?.at !== before?.at) tell({ event: 'presence_changed', room, user_id: userId, state: after?.state ?? {} })
  }

  function* of(instance: string): Generator<[string, number, Share]> {
    for (const [room, people] of rooms) {
      for (const [userId, shares] of people) {
        const share = shares.get(instance)
        if (share) yield [room, userId, share]
      }
    }
  }

  return {
    put,
    of,
    drop: instance => {
      for (const [room, userId] of [...of(instance)]) put(instance, room, userId, null)
    },
    members: room =>
      [...(rooms.get(room) ?? [])].map(([user_id, shares]) => ({
        user_id,
        state: lastState(shares)?.state ?? {},
        connections: [...shares.values()].reduce((sum, { connections }) => sum + connections, 0),
      })),
    stateOrder: (room, userId) => lastState(rooms.get(room)?.get(userId))?.at ?? 0,
    clear: () => rooms.clear(),
  }
}

/** The state that was set last, of those that are held. */
function lastState(shares: Shares | undefined): { state: State; at: number } | undefined {
  let last: { state: State; at: number } | undefined
  for (const { state, at } of shares?.values() ?? []) if (state && at > (last?.at ?? 0)) last = { state, at }
  return last
}
