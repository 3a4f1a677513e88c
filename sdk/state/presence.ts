import type { MemberState, SignalName, SignalPayload } from '../../contract/index.ts'

/** Who is in each joined room, with their presence states. Pure. */
export type Presence = Readonly<Record<string, ReadonlyMap<number, Readonly<Record<string, unknown>>>>>

export const nobody: Presence = {}

export type PresenceChange =
  | { name: 'members'; members: Record<string, MemberState[]> }
  | {
      [Name in Extract<SignalName, 'user_joined' | 'user_left' | 'presence_changed'>]: {
        name: Name
      } & SignalPayload<Name>
    }[Extract<SignalName, 'user_joined' | 'user_left' | 'presence_changed'>]
  | { name: 'room_left'; room: string }

function inRoom(presence: Presence, room: string, change: (members: Map<number, Record<string, unknown>>) => void) {
  const members = new Map(presence[room])
  change(members)
  return { ...presence, [room]: members }
}

export function reducePresence(presence: Presence, change: PresenceChange): Presence {
  switch (change.name) {
    case 'members':
      return Object.entries(change.members).reduce<Presence>(
        (all, [room, members]) => ({ ...all, [room]: new Map(members.map(({ user_id, state }) => [user_id, state])) }),
        presence,
      )
    case 'user_joined':
      return inRoom(presence, change.room, members => members.set(change.user_id, members.get(change.user_id) ?? {}))
    case 'user_left':
      return inRoom(presence, change.room, members => members.delete(change.user_id))
    case 'presence_changed':
      return inRoom(presence, change.room, members => members.set(change.user_id, change.state))
    case 'room_left': {
      const { [change.room]: _left, ...rest } = presence
      return rest
    }
    default:
      return change satisfies never
  }
}
