import { authorTopics, type EventName, type Room, type Topic, topicsOf } from '../../../contract/index.ts'
import { keys, type LogEvent, parseKey } from '../../events/index.ts'
import type { Member } from './member.ts'

/**
 * Socket.IO's rooms are not the contract's: `tasks` is a different set of events for each person, so a member sits in
 * one internal room for each scope that it may see, and moves among them as its rights change.
 */
export const rooms = {
  everyone: 'everyone',
  person: (id: number) => `person|${id}`,
  /** Like `person`, but also while a join is under way: signals do not wait. */
  self: (id: number) => `self|${id}`,
  bulk: 'bulk',
  topic: (topic: Topic, scope: string) => `${topic}|${scope}`,
  project: (id: number) => `project|${id}`,
  /** Of what is its author's alone in a project: the author's seat, or that of all admins. */
  projectOfAuthor: (id: number, author: number | typeof everyScope) => `project|${id}/${author}`,
  /** Of a project's room: for who may no longer read it, and is still to hear that it was deleted. */
  ending: (id: number) => `ending|${id}`,
  user: (id: number) => `user|${id}`,
  presence: (room: string) => `presence|${room}`,
}

/** Admins see every scope, so they sit in one room for all of them. */
const everyScope = '*' as const
/** Where what is an author's alone goes: `p12/` stands for all authors there, `p12/5` is one. */
const ofAuthor = (scope: string, id: number) => `${scope}/${id}`

/**
 * Where a member sits while it is live. In the room of a project that it may not read any more it only waits to be
 * expelled: its rights were read from the database, and the event that ends them is still to come.
 */
export const liveSeats = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) =>
    room.kind !== 'project' || isReadable(room, member) ? seatsOfRoom(room, member) : [rooms.ending(room.id)],
  ),
]

const isReadable = (room: Room, { rights }: Member): boolean =>
  room.kind !== 'project' || rights.admin || rights.projects.has(room.id)

/** Where what a member is owed goes. */
export const seatsOf = (member: Member): string[] => [
  ...ownSeats(member),
  ...[...member.rooms.values()].flatMap(({ room }) => seatsOfRoom(room, member)),
]

/** Where a member gets what concerns its person, whatever it joined. */
export const ownSeats = (member: Member): string[] => [rooms.everyone, rooms.person(member.person.id)]

/** Where a member gets what belongs to one room. */
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

/** The seats that one project gives a member, for when the right to it comes or goes. */
export const seatsIn = (projectId: number, member: Member): string[] =>
  [...member.rooms.values()].flatMap(({ room }) =>
    room.kind === 'topic'
      ? scopeSeats(room.name, keys.project(projectId), member.rights)
      : room.kind === 'project' && room.id === projectId
        ? seatsOfRoom(room, member)
        : [],
  )

/** Where an event goes, and who sits there and does not get it. */
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

/** Whether a room is one that events come through, and not one that a socket is in for as long as it lives. */
export const isSeat = (room: string, { socket }: Member): boolean =>
  room !== socket.id && room !== rooms.bulk && !room.startsWith('self|') && !room.startsWith('presence|')

/**
 * Of a deleted project: a member's rights may have been read from the database when the project was gone but this event
 * was still to come, so that it no longer sits in the project's rooms.
 */
const formerSeats = (topic: Topic, { reach }: LogEvent): string[] =>
  reach?.former === 'everyone'
    ? [rooms.topic(topic, keys.everyone)]
    : (reach?.former ?? []).map(id => rooms.topic(topic, keys.person(id)))

/** Whether somebody who sits in these seats gets an event. */
export function reaches(event: LogEvent, seats: ReadonlySet<string>): boolean {
  const { to, except } = audienceOf(event)
  return to.some(seat => seats.has(seat)) && !except.some(seat => seats.has(seat))
}
