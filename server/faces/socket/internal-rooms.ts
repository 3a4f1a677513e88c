import type { Room } from '../../../contract/index.ts'
import * as events from '../../events/index.ts'
import type { LogEvent, Seat } from '../../events/index.ts'
import type { Member } from './member.ts'

/**
 * Socket.IO's rooms are not the rooms of the contract: `tasks` is a different set of events for each person. So a
 * member sits in one internal room for each seat that it holds (events/seats.ts), and changes these rooms as its rights
 * change.
 */
export const rooms = {
  bulk: 'bulk',
  /** All sockets of a person, also during a join, because signals do not wait. */
  self: (id: number) => `self|${id}`,
  presence: (room: string) => `presence|${room}`,
  /** All sockets of API keys without this permission, which do not get what needs it. */
  withheld: (permission: string) => `withheld|${permission}`,
}

/** The internal room of a seat. */
function roomOf(seat: Seat): string {
  switch (seat.of) {
    case 'everyone':
    case 'admins':
      return seat.of
    case 'topic':
      return `${seat.of}|${seat.topic}|${seat.scope}`
    case 'topicOfAuthor':
      return `${seat.of}|${seat.topic}|${seat.scope}|${seat.author}`
    case 'wholeTopic':
      return `${seat.of}|${seat.topic}`
    case 'former':
      return `${seat.of}|${seat.topic}|${seat.id}`
    case 'projectOfAuthor':
      return `${seat.of}|${seat.id}|${seat.author}`
    default:
      return `${seat.of}|${seat.id}`
  }
}

/**
 * The seats of a live member. In the room of a project that it may no longer read, a member only waits to be removed:
 * its rights were read from the database, and the event that ends them is still to come.
 */
export const liveSeats = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) =>
    room.kind !== 'project' || events.seesProject(member.rights, room.id)
      ? seatsOfRoom(room, member)
      : [roomOf({ of: 'ending', id: room.id })],
  ),
]

/** The seats whose events a member has to get in a replay. */
export const seatsOfMember = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) => seatsOfRoom(room, member)),
]

/** The seats for events that concern the member's person, whatever rooms it joined. */
export const ownSeats = ({ rights }: Member): string[] => events.ownSeats(rights).map(roomOf)

/** The seats that belong to one room of the contract. */
export const seatsOfRoom = (room: Room, { rights }: Member): string[] => events.seatsOfRoom(room, rights).map(roomOf)

/** The seats that one project gives a member, for the moment when the right to it begins or ends. */
export const seatsIn = (projectId: number, member: Member): string[] =>
  [...member.rooms.values()].flatMap(({ room }) => events.seatsIn(projectId, room, member.rights).map(roomOf))

interface SeatsOfEvent {
  to: string[]
  except: string[]
}

/** Thousands of clients that resume ask for the seats of the same events. */
const known = new WeakMap<LogEvent, SeatsOfEvent>()

/** The seats to which an event goes, and those that are excluded from it. */
export function audienceOf(event: LogEvent): SeatsOfEvent {
  const there = known.get(event)
  if (there) return there
  const { to, except } = events.seatsOfEvent(event)
  const seats = { to: to.map(roomOf), except: except.map(roomOf) }
  known.set(event, seats)
  return seats
}

/** Whether a room is a seat for events, and not a room that a socket keeps for as long as it lives. */
export const isSeat = (room: string, { socket }: Member): boolean =>
  room !== socket.id && room !== rooms.bulk && !/^(?:self|presence|withheld)\|/.test(room)

/** Whether an event goes to one of these seats. */
export function reaches(event: LogEvent, seats: ReadonlySet<string>): boolean {
  const { to, except } = audienceOf(event)
  return to.some(seat => seats.has(seat)) && !except.some(seat => seats.has(seat))
}
