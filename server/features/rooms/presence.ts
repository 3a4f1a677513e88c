import type { MemberState } from '../../../contract/index.ts'
import type { Clock } from './pacing.ts'
import { createAnnouncer } from './presence-announcer.ts'
import { createReplicas, type PresenceChange, type Share, type State, type Replicas } from './presence-replicas.ts'

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

export interface Presence {
  join(room: string, userId: number, connection: string): void
  /** @param graceMs for how long a new connection of the person takes over from this one without others noticing */
  leave(room: string, userId: number, connection: string, graceMs: number): void
  setState(room: string, userId: number, connection: string, state: State): void
  /** The members over all instances. @param viewer the person who gets the list, when it is for a client in the room */
  members(room: string, viewer?: number): (MemberState & { connections: number })[]
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

/** Who is in which room, by person and not by connection. Never stored; frequent changes are merged. */
export function createPresence(announce: (change: PresenceChange) => void, clock?: Clock): Presence {
  const announcer = createAnnouncer(announce, clock)
  const replicas: Replicas = createReplicas(announcer.changed)
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

    members: (room, viewer) => {
      announcer.shown(room, viewer)
      return replicas.members(room)
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
      replicas.clear()
    },
  }
}
