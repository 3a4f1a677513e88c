import { limits, type MemberState } from '../../../contract/index.ts'
import { createLargeRooms, type LargeRoomNews, type RoomSizes } from './large-rooms.ts'
import { everybody, everybodyInBounds, pageOfMembers, someOf } from './listing.ts'
import type { Clock } from './pacing.ts'
import { createAnnouncer, type PresenceChange } from './presence-announcer.ts'
import { createReplicas, type ListedMember, type Share, type State, type Replicas } from './presence-replicas.ts'

interface Occupant {
  connections: Set<string>
  state: State | null
  at: number
  /** The connection that set the state; the state ends with it. */
  stateFrom: string | null
  /** Set while the person has no connection here any more but has not been announced as having left. */
  leaving: NodeJS.Timeout | null
}

/** What this instance knows, in the form in which it is sent to the others. */
export type ShareListener = (room: string, userId: number, share: Share | null) => void

export interface PresenceList {
  members: Record<string, MemberState[]>
  member_counts: Record<string, number>
}

export interface PresenceOptions {
  clock?: Clock | undefined
  /** Tests use smaller ones. */
  sizes?: RoomSizes | undefined
}

export interface Presence {
  join(room: string, userId: number, connection: string): void
  /** @param graceMs for how long a new connection of the person takes over from this one without others noticing */
  leave(room: string, userId: number, connection: string, graceMs: number): void
  setState(room: string, userId: number, connection: string, state: State): void
  /** The members over all instances. */
  members(room: string): ListedMember[]
  /**
   * For a client that is in these rooms: everybody in ordinary rooms and some people in large ones, the person of the
   * client among them.
   */
  list(rooms: readonly string[], viewer: number): PresenceList
  /** A page of the people whose ids are above `after`; `last` is null on the last page. */
  page(room: string, after: number, size: number): { count: number; results: ListedMember[]; last: number | null }
  /** Called with each change of what this instance knows. */
  onShare(listener: ShareListener): void
  shares(): Iterable<[room: string, userId: number, share: Share]>
  /** Sets what another instance knows; null when it knows nothing any more. */
  putShare(instance: string, room: string, userId: number, share: Share | null): void
  /** Replaces everything that another instance knows. */
  replaceShares(instance: string, shares: [room: string, userId: number, share: Share][]): void
  dropShares(instance: string): void
  close(): void
}

const own = 'own'

/**
 * Who is in which room, by person and not by connection. Never stored; frequent changes are merged. In a large room
 * only the number of people is announced, so that one who comes costs the same in a room of any size.
 */
export function createPresence(
  announce: (change: PresenceChange) => void,
  { clock, sizes }: PresenceOptions = {},
): Presence {
  const announcer = createAnnouncer(announce, clock)
  const tell: LargeRoomNews = {
    count: (room, count) => announce({ event: 'presence_count', room, count }),
    everybody: room => {
      const all = everybodyInBounds(replicas, room)
      if (all) announce({ event: 'presence_members', room, members: all.members })
      return all && all.bytes
    },
  }
  const largeRooms = createLargeRooms(tell, sizes, clock)
  const replicas: Replicas = createReplicas((room, userId, before, now) => {
    if (!before !== !now && largeRooms.sized(room, replicas.count(room))) announcer.forget(room)
    if (!largeRooms.has(room)) announcer.changed(room, userId, before, now)
  })
  const rooms = new Map<string, Map<number, Occupant>>()
  let listener: ShareListener = () => {}

  function changed(room: string, userId: number, occupant: Occupant | null) {
    const share = occupant && { connections: occupant.connections.size, state: occupant.state, at: occupant.at }
    replicas.put(own, room, userId, share)
    listener(room, userId, share)
  }

  function remove(room: string, userId: number) {
    const people = rooms.get(room)
    if (!people?.delete(userId)) return
    if (people.size === 0) rooms.delete(room)
    changed(room, userId, null)
  }

  const putShare = (instance: string, room: string, userId: number, share: Share | null) => {
    replicas.put(instance, room, userId, share)
    const occupant = rooms.get(room)?.get(userId)
    // The last write wins for good: our state does not come back when the later one ends.
    if (occupant?.state && share?.state && share.at > occupant.at) {
      occupant.state = occupant.stateFrom = null
      replicas.put(own, room, userId, { connections: occupant.connections.size, state: null, at: occupant.at })
    }
  }

  return {
    join: (room, userId, connection) => {
      const people = rooms.get(room) ?? new Map<number, Occupant>()
      rooms.set(room, people)
      const occupant = people.get(userId) ?? {
        connections: new Set(),
        state: null,
        at: 0,
        stateFrom: null,
        leaving: null,
      }
      people.set(userId, occupant)
      if (occupant.leaving) clearTimeout(occupant.leaving)
      occupant.leaving = null
      occupant.connections.add(connection)
      changed(room, userId, occupant)
    },

    leave: (room, userId, connection, graceMs) => {
      const occupant = rooms.get(room)?.get(userId)
      if (!occupant?.connections.delete(connection)) return
      if (occupant.connections.size === 0 && graceMs === 0) return remove(room, userId)
      if (occupant.stateFrom === connection) occupant.state = occupant.stateFrom = null
      changed(room, userId, occupant)
      if (occupant.connections.size > 0) return
      occupant.leaving = setTimeout(() => remove(room, userId), graceMs)
    },

    setState: (room, userId, connection, state) => {
      const occupant = rooms.get(room)?.get(userId)
      if (!occupant?.connections.has(connection)) return
      occupant.state = state
      occupant.stateFrom = connection
      // Higher than any order that this instance has received, whatever the clocks of the others say.
      occupant.at = Math.max(Date.now(), replicas.stateOrder(room, userId) + 1)
      changed(room, userId, occupant)
    },

    members: room => replicas.members(room),
    list: (names, viewer) => {
      const members: Record<string, MemberState[]> = {}
      const large = names.filter(room => largeRooms.has(room))
      let left: number = limits.listedMembersBytes
      for (const [nth, room] of large.entries()) {
        const some = someOf(replicas, room, viewer, left / (large.length - nth))
        members[room] = some.members
        largeRooms.shown(room)
        left -= some.bytes
      }
      for (const room of names) {
        announcer.shown(room, viewer)
        members[room] ??= everybody(replicas, room)
      }
      return { members, member_counts: Object.fromEntries(names.map(room => [room, replicas.count(room)])) }
    },
    page: (room, after, size) => {
      announcer.shown(room, undefined)
      return pageOfMembers(replicas, room, after, size)
    },
    onShare: fn => void (listener = fn),
    shares: () => replicas.of(own),
    putShare,
    replaceShares: (instance, shares) => {
      const kept = new Set(shares.map(([room, userId]) => `${userId} ${room}`))
      for (const [room, userId] of [...replicas.of(instance)])
        if (!kept.has(`${userId} ${room}`)) putShare(instance, room, userId, null)
      for (const [room, userId, share] of shares) putShare(instance, room, userId, share)
    },
    dropShares: instance => replicas.drop(instance),

    close: () => {
      for (const people of rooms.values()) for (const { leaving } of people.values()) if (leaving) clearTimeout(leaving)
      rooms.clear()
      announcer.stop()
      largeRooms.stop()
      replicas.clear()
    },
  }
}
