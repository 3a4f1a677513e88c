import type { MemberState } from '../../../contract/index.ts'

export type State = MemberState['state']
/** A person in a room, with the number of connections over all instances. */
export type ListedMember = MemberState & { connections: number }

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
  count(room: string): number
  members(room: string): ListedMember[]
  member(room: string, userId: number): ListedMember | null
  ids(room: string): Iterable<number>
  /** The people whose state is not empty. */
  idsWithState(room: string): Iterable<number>
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

interface Occupants {
  people: Map<number, Occupancy>
  withState: Set<number>
}

/**
 * Who is in which room over all instances: the sum of what each instance knows. Each instance adds up for itself and
 * sends changes to its own clients, so nothing has to be agreed on.
 */
export function createReplicas(changed: Changed): Replicas {
  const rooms = new Map<string, Occupants>()

  function occupantsOf(room: string): Occupants {
    const there = rooms.get(room) ?? { people: new Map(), withState: new Set() }
    rooms.set(room, there)
    return there
  }

  const put: Put = (instance, room, userId, share) => {
    const { people, withState } = occupantsOf(room)
    const occupancy = people.get(userId) ?? { shares: new Map<string, Share>(), last: 0 }
    people.set(userId, occupancy)
    const { shares } = occupancy
    const before = seen(occupancy)
    if (share) {
      shares.set(instance, share)
      occupancy.last = Math.max(occupancy.last, share.at)
    } else shares.delete(instance)
    const now = seen(occupancy)
    if (isEmpty(now?.state)) withState.delete(userId)
    else withState.add(userId)
    if (!now) people.delete(userId)
    if (people.size === 0) rooms.delete(room)
    if (!before !== !now || before?.at !== now?.at) changed(room, userId, before, now)
  }

  function* of(instance: string): Generator<[string, number, Share]> {
    for (const [room, { people }] of rooms) {
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
    count: room => rooms.get(room)?.people.size ?? 0,
    members: room => Array.from(rooms.get(room)?.people ?? [], ([userId, occupancy]) => listed(userId, occupancy)),
    member: (room, userId) => {
      const occupancy = rooms.get(room)?.people.get(userId)
      return occupancy ? listed(userId, occupancy) : null
    },
    ids: room => rooms.get(room)?.people.keys() ?? [],
    idsWithState: room => rooms.get(room)?.withState ?? [],
    stateOrder: (room, userId) => rooms.get(room)?.people.get(userId)?.last ?? 0,
    clear: () => rooms.clear(),
  }
}

const isEmpty = (state: State = {}) => Object.keys(state).length === 0

function listed(userId: number, occupancy: Occupancy): ListedMember {
  const connections = [...occupancy.shares.values()].reduce((sum, share) => sum + share.connections, 0)
  return { user_id: userId, state: stateOf(occupancy)?.state ?? {}, connections }
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
