import type { MemberState, SignalName, SignalPayload } from '../../contract/index.ts'

/** Who is in a room. */
export interface RoomPresence {
  /** The number of people. */
  count: number
  /** With their presence states. Without `isComplete` these are some people, as they were when one joined. */
  members: ReadonlyMap<number, Readonly<Record<string, unknown>>>
  /** False in a large room, which reports only how many people there are. `events.roomMembers` lists them. */
  isComplete: boolean
}

/** Who is in each joined room. Pure. */
export type Presence = Readonly<Record<string, RoomPresence>>

export const nobody: Presence = {}

type PresenceSignal = Extract<
  SignalName,
  'user_joined' | 'user_left' | 'presence_changed' | 'presence_count' | 'presence_members'
>
/** `member_counts` is missing in answers of the release before. */
export type PresenceChange =
  | { name: 'members'; members: Record<string, MemberState[]>; member_counts?: Record<string, number> }
  | { [Name in PresenceSignal]: { name: Name } & SignalPayload<Name> }[PresenceSignal]
  | { name: 'room_left'; room: string }

export const isPresenceSignal = (name: string): name is PresenceSignal =>
  ['user_joined', 'user_left', 'presence_changed', 'presence_count', 'presence_members'].includes(name)

function listed(members: readonly MemberState[], count = members.length): RoomPresence {
  return {
    count,
    members: new Map(members.map(({ user_id, state }) => [user_id, state])),
    isComplete: count === members.length,
  }
}

export function reducePresence(presence: Presence, change: PresenceChange): Presence {
  if (change.name === 'members') {
    const { members, member_counts: counts } = change
    const rooms = Object.entries(members).map(([room, list]) => [room, listed(list, counts?.[room])])
    return { ...presence, ...Object.fromEntries(rooms) }
  }
  const { [change.room]: before, ...others } = presence
  // What comes before the answer to the join is in the answer.
  if (!before) return presence
  return change.name === 'room_left' ? others : { ...presence, [change.room]: after(before, change) }
}

function after(room: RoomPresence, change: Extract<PresenceChange, { name: PresenceSignal }>): RoomPresence {
  switch (change.name) {
    case 'presence_count':
      return { ...room, count: change.count, isComplete: false }
    case 'presence_members':
      return listed(change.members)
    case 'user_joined':
      return changed(room, members => members.set(change.user_id, members.get(change.user_id) ?? {}))
    case 'user_left':
      return changed(room, members => members.delete(change.user_id))
    case 'presence_changed':
      return changed(room, members => members.set(change.user_id, change.state))
    default:
      return change satisfies never
  }
}

function changed(room: RoomPresence, change: (members: Map<number, Record<string, unknown>>) => void): RoomPresence {
  if (!room.isComplete) return room
  const members = new Map(room.members)
  change(members)
  return { count: members.size, members, isComplete: true }
}
