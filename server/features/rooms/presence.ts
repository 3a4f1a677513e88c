import type { MemberState } from '../../../contract/index.ts'

export type PresenceChange =
  | { event: 'user_joined'; room: string; user_id: number }
  | { event: 'user_left'; room: string; user_id: number }
  | { event: 'presence_changed'; room: string; user_id: number; state: MemberState['state'] }

type State = MemberState['state']

interface Occupant {
  connections: Set<string>
  state: State
  /** Whose connection set the state: it goes with it. */
  stateFrom: string | null
  /** Set while the person has no connection any more but is not yet said to have left. */
  leaving: NodeJS.Timeout | null
}

export interface Presence {
  join(room: string, userId: number, connection: string): void
  /** @param graceMs for how long a new connection of the person takes up where this one ended, unnoticed by the others */
  leave(room: string, userId: number, connection: string, graceMs: number): void
  setState(room: string, userId: number, connection: string, state: State): void
  members(room: string): (MemberState & { connections: number })[]
  close(): void
}

/** Who is in which room, by person and not by connection. Never stored; each transition is told once. */
export function createPresence(tell: (change: PresenceChange) => void): Presence {
  const rooms = new Map<string, Map<number, Occupant>>()

  function remove(room: string, userId: number) {
    const people = rooms.get(room)
    if (!people?.delete(userId)) return
    if (people.size === 0) rooms.delete(room)
    tell({ event: 'user_left', room, user_id: userId })
  }

  function clearState(room: string, userId: number, occupant: Occupant) {
    occupant.state = {}
    occupant.stateFrom = null
    tell({ event: 'presence_changed', room, user_id: userId, state: {} })
  }

  return {
    join: (room, userId, connection) => {
      const people = rooms.get(room) ?? new Map<number, Occupant>()
      rooms.set(room, people)
      const occupant = people.get(userId)
      if (!occupant) {
        people.set(userId, { connections: new Set([connection]), state: {}, stateFrom: null, leaving: null })
        return tell({ event: 'user_joined', room, user_id: userId })
      }
      if (occupant.leaving) clearTimeout(occupant.leaving)
      occupant.leaving = null
      occupant.connections.add(connection)
    },

    leave: (room, userId, connection, graceMs) => {
      const occupant = rooms.get(room)?.get(userId)
      if (!occupant?.connections.delete(connection)) return
      if (occupant.stateFrom === connection) clearState(room, userId, occupant)
      if (occupant.connections.size > 0) return
      if (graceMs === 0) return remove(room, userId)
      occupant.leaving = setTimeout(() => remove(room, userId), graceMs)
    },

    setState: (room, userId, connection, state) => {
      const occupant = rooms.get(room)?.get(userId)
      if (!occupant?.connections.has(connection)) return
      occupant.state = state
      occupant.stateFrom = connection
      tell({ event: 'presence_changed', room, user_id: userId, state })
    },

    members: room =>
      [...(rooms.get(room) ?? [])].map(([user_id, { state, connections }]) => ({
        user_id,
        state,
        connections: connections.size,
      })),

    close: () => {
      for (const people of rooms.values()) for (const { leaving } of people.values()) if (leaving) clearTimeout(leaving)
      rooms.clear()
    },
  }
}
