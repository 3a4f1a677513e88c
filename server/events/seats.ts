import {
  authorTopics,
  type EventName,
  type Permission,
  permissionOfEvent,
  permissions,
  type Room,
  type Topic,
  topicsOf,
} from '../../contract/index.ts'
import { keys, parseKey } from './audience.ts'
import type { LogEvent } from './event.ts'

/** What a person may see now. An administrator may see everything, and `projects` is ignored. */
export interface Rights {
  personId: number
  admin: boolean
  projects: ReadonlySet<number>
  /** Of an API key. It gets only the events that they allow; a person without a key gets all. */
  permissions?: ReadonlySet<string>
}

/** Whether a reader sees a project: `readProject` of the projects, as it was when the rights were read. */
export const seesProject = ({ admin, projects }: Rights, id: number): boolean => admin || projects.has(id)

/** The permissions without which events are withheld from an API key. */
export const withheldFrom = ({ permissions: had }: Rights): Permission[] =>
  had ? permissions.filter(permission => permission.endsWith(':read') && !had.has(permission)) : []

/** Whether an event is withheld from an API key in a room that it may join. */
export function isWithheld({ event }: Pick<LogEvent, 'event'>, { permissions: had }: Rights): boolean {
  const permission = had ? permissionOfEvent(event) : null
  return permission !== null && !had!.has(permission)
}

/**
 * Where readers sit and events go: an event reaches a reader who holds one of its seats. Live delivery has a Socket.IO
 * room for each seat (faces/socket/internal-rooms.ts); reading the log makes a condition from each (readable.ts).
 */
export type Seat =
  /** For `access_changed`, which reaches everybody whom it concerns, in whatever rooms. */
  | { of: 'everyone' }
  | { of: 'person'; id: number }
  /** The events of a topic in one scope. */
  | { of: 'topic'; topic: Topic; scope: string }
  /** Those in a scope that only this author may read. */
  | { of: 'topicOfAuthor'; topic: Topic; scope: string; author: number }
  /** Those in every scope, for administrators. */
  | { of: 'wholeTopic'; topic: Topic }
  /** The end of a project that this person could see, although nobody can see it any more. */
  | { of: 'former'; topic: Topic; id: number }
  | { of: 'project'; id: number }
  /** The events in a project that only this author may read. */
  | { of: 'projectOfAuthor'; id: number; author: number }
  /** Those that only their author may read, of all authors, for administrators. */
  | { of: 'projectOfAuthors'; id: number }
  /** Only the deletion of a project, for a member of its room that may no longer read it. */
  | { of: 'ending'; id: number }
  | { of: 'user'; id: number }
  | { of: 'admins' }

/** The seats for events that concern the person, whatever rooms it joined. */
export const ownSeats = ({ personId }: Rights): Seat[] => [{ of: 'everyone' }, { of: 'person', id: personId }]

/** The seats that belong to one room of the contract. */
export function seatsOfRoom(room: Room, rights: Rights): Seat[] {
  switch (room.kind) {
    case 'topic':
      return topicSeats(room.name, rights)
    case 'project':
      return projectSeats(room.id, rights)
    case 'user':
      return [{ of: 'user', id: room.id }]
    case 'admin':
      return rights.admin ? [{ of: 'admins' }] : []
  }
}

const topicSeats = (topic: Topic, rights: Rights): Seat[] => [
  { of: 'former', topic, id: rights.personId },
  ...(rights.admin
    ? [{ of: 'wholeTopic' as const, topic }]
    : [keys.everyone, ...Array.from(rights.projects, keys.project)].flatMap(scope => scopeSeats(topic, scope, rights))),
]

const scopeSeats = (topic: Topic, scope: string, { personId }: Rights): Seat[] => [
  { of: 'topic', topic, scope },
  ...(authorTopics.has(topic) ? [{ of: 'topicOfAuthor' as const, topic, scope, author: personId }] : []),
]

const projectSeats = (id: number, { admin, personId }: Rights): Seat[] => [
  { of: 'project', id },
  { of: 'ending', id },
  admin ? { of: 'projectOfAuthors', id } : { of: 'projectOfAuthor', id, author: personId },
]

/** The seats that one project gives the members of a room, for the moment when the right to it begins or ends. */
export const seatsIn = (projectId: number, room: Room, rights: Rights): Seat[] =>
  room.kind === 'topic'
    ? scopeSeats(room.name, keys.project(projectId), rights)
    : room.kind === 'project' && room.id === projectId
      ? projectSeats(projectId, rights)
      : []

/** The seats to which an event goes, and those whose holders it leaves out. */
export function seatsOfEvent(event: LogEvent): { to: Seat[]; except: Seat[] } {
  const audience = parseKey(event.scope)
  if (audience.of === 'system') return { to: [], except: [] }
  if (audience.of === 'admins') return { to: [{ of: 'admins' }], except: [] }
  if (event.event === 'access_changed') {
    return audience.of === 'person'
      ? { to: [{ of: 'person', id: audience.id }], except: [] }
      : { to: [{ of: 'everyone' }], except: (event.reach?.except ?? []).map(id => ({ of: 'person', id })) }
  }
  const topics = [...(topicsOf[event.event as EventName] ?? (event.reach?.topic ? [event.reach.topic] : []))]
  const whole = audience.of === 'person' ? [] : topics.map(topic => ({ of: 'wholeTopic' as const, topic }))
  const author = event.reach?.only
  if (audience.of === 'authors' && author !== undefined)
    return { to: [...whole, ...authorSeats(topics, audience.projectId, author)], except: [] }
  const to: Seat[] = [...whole, ...topics.map(topic => ({ of: 'topic' as const, topic, scope: event.scope }))]
  to.push(...topics.flatMap(topic => formerSeats(topic, event)))
  if (audience.of === 'project') to.push({ of: 'project', id: audience.id })
  if (event.event === 'project_deleted' && audience.of === 'project') to.push({ of: 'ending', id: audience.id })
  if (audience.of === 'person') to.push({ of: 'user', id: audience.id })
  return { to, except: [] }
}

function authorSeats(topics: readonly Topic[], project: number | null, author: number): Seat[] {
  const scope = keys.inProject(project)
  const seats: Seat[] = topics.map(topic => ({ of: 'topicOfAuthor', topic, scope, author }))
  if (project !== null)
    seats.push({ of: 'projectOfAuthor', id: project, author }, { of: 'projectOfAuthors', id: project })
  return seats
}

/**
 * For a deleted project: a member's rights may have been read after the project was deleted but before this event, so
 * the member no longer sits in the project's seats.
 */
const formerSeats = (topic: Topic, { reach }: LogEvent): Seat[] =>
  reach?.former === 'everyone'
    ? [{ of: 'topic', topic, scope: keys.everyone }]
    : (reach?.former ?? []).map(id => ({ of: 'former', topic, id }))
