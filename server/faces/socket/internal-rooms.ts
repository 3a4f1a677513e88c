import { authorTopics, type EventName, type Room, type Topic, topicsOf } from '../../../contract/index.ts'
import { keys, type LogEvent, parseKey } from '../../events/index.ts'
import type { Member } from './member.ts'

/**
 * Socket.IO's rooms are not the rooms of the contract: `tasks` is a different set of events for each person. So a
 * member sits in one internal room for each scope that it may see, and changes these rooms as its rights change.
 */
export const rooms = {
  everyone: 'everyone',
  person: (id: number) => `person|${id}`,
  /** Like `person`, but also during a join, because signals do not wait. */
  self: (id: number) => `self|${id}`,
  bulk: 'bulk',
  topic: (topic: Topic, scope: string) => `${topic}|${scope}`,
  project: (id: number) => `project|${id}`,
  /** Events in a project that only their author may see: the seat of the author, or the one of all administrators. */
  projectOfAuthor: (id: number, author: number | typeof everyScope) => `project|${id}/${author}`,
  /** In a project's room: for a member that may no longer read it and still has to learn that it was deleted. */
  ending: (id: number) => `ending|${id}`,
  user: (id: number) => `user|${id}`,
  presence: (room: string) => `presence|${room}`,
}

/** Administrators see every scope, so they sit in one room for all of them. */
const everyScope = '*' as const
/** The scope of events that only their author may see: `p12/` means all authors there, `p12/5` one of them. */
const ofAuthor = (scope: string, id: number) => `${scope}/${id}`

/**
 * The seats of a live member. In the room of a project that it may no longer read, a member only waits to be removed:
 * its rights were read from the database, and the event that ends them is still to come.
 */
export const liveSeats = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) =>
    room.kind !== 'project' || isReadable(room, member) ? seatsOfRoom(room, member) : [rooms.ending(room.id)],
  ),
]

const isReadable = (room: Room, { rights }: Member): boolean =>
  room.kind !== 'project' || rights.admin || rights.projects.has(room.id)

/** The seats whose events a member has to get in a replay. */
export const seatsOf = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) => seatsOfRoom(room, member)),
]

/** The seats for events that concern the member's person, whatever rooms it joined. */
export const ownSeats = (member: Member): string[] => [rooms.everyone, rooms.person(member.person.id)]

/** The seats that belong to one room of the contract. */
export function seatsOfRoom(room: Room, member: Member): string[] {
  switch (room.kind) {
    case 'topic':
      return topicSeats(room.name, member)
    case 'project':
      return [
        rooms.project(room.id),
        rooms.ending(room.id),
        rooms.projectOfAuthor(room.id, member.rights.admin ? everyScope : member.person.id),
      ]
    case 'user':
      return [rooms.user(room.id)]
    case 'admin':
      return []
  }
}

const topicSeats = (topic: Topic, { rights }: Member): string[] =>
  rights.admin
    ? [rooms.topic(topic, everyScope)]
    : [
        rooms.topic(topic, keys.person(rights.personId)),
        ...[keys.everyone, ...Array.from(rights.projects, keys.project)].flatMap(scope =>
          scopeSeats(topic, scope, rights),
        ),
      ]

const scopeSeats = (topic: Topic, scope: string, { personId }: Member['rights']): string[] =>
  authorTopics.has(topic)
    ? [rooms.topic(topic, scope), rooms.topic(topic, ofAuthor(scope, personId))]
    : [rooms.topic(topic, scope)]

/** The seats that one project gives a member, for the moment when the right to it begins or ends. */
export const seatsIn = (projectId: number, member: Member): string[] =>
  [...member.rooms.values()].flatMap(({ room }) =>
    room.kind === 'topic'
      ? scopeSeats(room.name, keys.project(projectId), member.rights)
      : room.kind === 'project' && room.id === projectId
        ? seatsOfRoom(room, member)
        : [],
  )

/** The seats to which an event goes, and those that are excluded from it. */
export function audienceOf(event: LogEvent): { to: string[]; except: string[] } {
  const audience = parseKey(event.scope)
  if (audience.of === 'system') return { to: [], except: [] }
  if (event.event === 'access_changed') {
    return audience.of === 'person'
      ? { to: [rooms.person(audience.id)], except: [] }
      : { to: [rooms.everyone], except: (event.reach?.except ?? []).map(rooms.person) }
  }
  const topics = [...(topicsOf[event.event as EventName] ?? [])]
  const author = event.reach?.only
  if (audience.of === 'authors' && author !== undefined)
    return { to: authorSeats(topics, audience.projectId, author), except: [] }
  const to = topics.flatMap(topic => [rooms.topic(topic, event.scope), rooms.topic(topic, everyScope)])
  to.push(...topics.flatMap(topic => formerSeats(topic, event)))
  if (audience.of === 'project')
    to.push(rooms.project(audience.id), ...(event.event === 'project_deleted' ? [rooms.ending(audience.id)] : []))
  if (audience.of === 'person') to.push(rooms.user(audience.id))
  return { to, except: [] }
}

function authorSeats(topics: readonly Topic[], project: number | null, author: number): string[] {
  const scope = keys.inProject(project)
  const seats = topics.flatMap(topic => [rooms.topic(topic, ofAuthor(scope, author)), rooms.topic(topic, everyScope)])
  const ofProject = project === null ? [] : [author, everyScope].map(one => rooms.projectOfAuthor(project, one))
  return [...seats, ...ofProject]
}

/** Whether a room is a seat for events, and not a room that a socket keeps for as long as it lives. */
export const isSeat = (room: string, { socket }: Member): boolean =>
  room !== socket.id && room !== rooms.bulk && !room.startsWith('self|') && !room.startsWith('presence|')

/**
 * For a deleted project: a member's rights may have been read after the project was deleted but before this event, so
 * the member no longer sits in the project's rooms.
 */
const formerSeats = (topic: Topic, { reach }: LogEvent): string[] =>
  reach?.former === 'everyone'
    ? [rooms.topic(topic, keys.everyone)]
    : (reach?.former ?? []).map(id => rooms.topic(topic, keys.person(id)))

/** Whether an event goes to one of these seats. */
export function reaches(event: LogEvent, seats: ReadonlySet<string>): boolean {
  const { to, except } = audienceOf(event)
  return to.some(seat => seats.has(seat)) && !except.some(seat => seats.has(seat))
}
