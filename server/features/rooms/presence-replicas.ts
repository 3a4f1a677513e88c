import type { MemberState } from '../../../contract/index.ts'

export type State = MemberState['state']

export type PresenceChange =
  | { event: 'user_joined'; room: string; user_id: number }
  | { event: 'user_left'; room: string; user_id: number }
  | { event: 'presence_changed'; room: string; user_id: number; state: State }

/** A person in a room as others see it. */
export interface Seen {
  state: State
  /** The order of the state, undefined without one. */
  at: number | undefined
}

/** Called when the visible state of a person changes; null means absent. */
export type Changed = (room: string, userId: number, before: Seen | null, now: Seen | null) => void

/**
 * What one instance knows about a person in a room. It may have no connections any more while the person is not yet
 * announced as having left.
 */
export interface Share {
  connections: number
  /** Null when no connection of this instance has set a state, or another instance has set a later one. */
  state: State | null
  /** Orders the states of one person over all instances: the highest is the last write. */
  at: number
}

/** Sets a share; null removes it. */
export type Put = (instance: string, room: string, userId: number, share: Share | null) => void

export interface Replicas {
  put: Put
  /** Removes all shares of an instance that is gone. */
  drop(instance: string): void
  of(instance: string): Iterable<[room: string, userId: number, share: Share]>
  members(room: string): (MemberState & { connections: number })[]
  /** The order of the newest state that a person has had in a room; 0 without one. */
  stateOrder(room: string, userId: number): number
  clear(): void
}

/**
 * A person in a room. `last` is the order of the newest state ever received: older ones are void, even after the newest
 * has gone.
 */
interface Occupancy {
  shares: Map<string, Share>
  last: number
}

/**
 * Who is in which room over all instances: the sum of what each instance knows. Each instance adds up for itself and
 * sends changes to its own clients, so nothing has to be agreed on.
 */
export function createReplicas(changed: Changed): Replicas {
  const rooms = new Map<string, Map<number, Occupancy>>()

  function occupancyOf(room: string, userId: number): Occupancy {
    const people = rooms.get(room) ?? new Map<number, Occupancy>()
    rooms.set(room, people)
    const occupancy = people.get(userId) ?? { shares: new Map(), last: 0 }
    people.set(userId, occupancy)
    return occupancy
  }

  function forget(room: string, userId: number) {
    const people = rooms.get(room)
    people?.delete(userId)
    if (people?.size === 0) rooms.delete(room)
  }

  const put: Put = (instance, room, userId, share) => {
    const occupancy = occupancyOf(room, userId)
    const { shares } = occupancy
    const before = seen(occupancy)
    if (share) {
      shares.set(instance, share)
      occupancy.last = Math.max(occupancy.last, share.at)
    } else shares.delete(instance)
    const now = seen(occupancy)
    if (!now) forget(room, userId)
    if (!before !== !now || before?.at !== now?.at) changed(room, userId, before, now)
  }

  function* of(instance: string): Generator<[string, number, Share]> {
    for (const [room, people] of rooms) {
      for (const [userId, { shares }] of people) {
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
      [...(rooms.get(room) ?? [])].map(([user_id, occupancy]) => ({
        user_id,
        state: stateOf(occupancy)?.state ?? {},
        connections: [...occupancy.shares.values()].reduce((sum, { connections }) => sum + connections, 0),
      })),
    stateOrder: (room, userId) => rooms.get(room)?.get(userId)?.last ?? 0,
    clear: () => rooms.clear(),
  }
}

function seen(occupancy: Occupancy): Seen | null {
  if (occupancy.shares.size === 0) return null
  const held = stateOf(occupancy)
  return { state: held?.state ?? {}, at: held?.at }
}

/** The state that was set last, if it still exists. */
function stateOf({ shares, last }: Occupancy): { state: State; at: number } | undefined {
  for (const { state, at } of shares.values()) if (state && at === last) return { state, at }
  return undefined
}
