import sql, { join, raw, type Sql } from 'sql-template-tag'
import { authorTopics, type EventName, type Room, type Topic, topics, topicsOf } from '../../contract/index.ts'
import { keys } from './audience.ts'

/** What a person may see now. An administrator may see everything, and `projects` is ignored. */
export interface Rights {
  personId: number
  admin: boolean
  projects: ReadonlySet<number>
}

/**
 * A part of the log: a condition on its rows, and the scopes in which matching rows can be at all. So the cost of
 * reading depends on what is found and not on the size of the log. `every` means all scopes.
 */
export interface Readable {
  matching: Sql
  /** The scopes with matching events of tasks, each up to an offset; the person already has the later ones. */
  tasksIn: ReadonlyMap<string, number> | 'every'
  /**
   * The scopes with other matching events. Events that address persons (`access_changed`, `project_deleted`) may be in
   * any scope.
   */
  othersIn: ReadonlySet<string> | 'every'
}

const names = Object.keys(topicsOf) as EventName[]

/**
 * The events of the log that a person gets in these rooms. Live delivery uses internal rooms for the same question
 * (faces/socket/internal-rooms.ts); a seeded test compares the two.
 */
export function readableIn(rooms: readonly Room[], rights: Rights): Readable {
  const parts: Sql[] = [sql`(event = 'access_changed' and ${concerns(rights)})`]
  for (const room of rooms) parts.push(inRoom(room, rights))
  return { matching: join(parts, ' or '), tasksIn: tasksIn(rooms, rights), othersIn: othersIn(rooms, rights) }
}

/**
 * The readable events of `wanted` without those that the person already has from other parts, each from an offset on.
 */
export function without(wanted: Readable, had: readonly { what: Readable; after: number }[]): Readable {
  if (had.length === 0) return wanted
  const conditions = had.map(({ what, after }) => sql`((${what.matching}) and "offset" > ${after})`)
  return {
    matching: sql`(${wanted.matching}) and not (${join(conditions, ' or ')})`,
    tasksIn: wanted.tasksIn === 'every' ? 'every' : until(wanted.tasksIn, had),
    othersIn: wanted.othersIn,
  }
}

function until(scopes: ReadonlyMap<string, number>, had: readonly { what: Readable; after: number }[]) {
  const ends = (scope: string) =>
    had.flatMap(({ what, after }) => (what.tasksIn === 'every' || what.tasksIn.has(scope) ? [after] : []))
  return new Map([...scopes].map(([scope, to]) => [scope, Math.min(to, ...ends(scope))]))
}

/** Each of these scopes has all its events of tasks in one of the rooms; `without` relies on that. */
function tasksIn(rooms: readonly Room[], rights: Rights): Readable['tasksIn'] {
  const inTopic = rooms.some(room => room.name === 'tasks')
  if (inTopic && rights.admin) return 'every'
  const scopes = [...(inTopic ? topicScopes(rights) : []), ...roomScopes(rooms)]
  // No event of a task is visible to its author only.
  return new Map(scopes.map(scope => [scope, Number.MAX_SAFE_INTEGER]))
}

function othersIn(rooms: readonly Room[], rights: Rights): Readable['othersIn'] {
  // Events of comments belong to the topic `tasks`, but are not among its many events of tasks.
  const inTopic = rooms.some(room => room.kind === 'topic')
  if (inTopic && rights.admin) return 'every'
  const inAuthorTopic = rooms.some(({ name }) => (authorTopics as ReadonlySet<string>).has(name))
  return new Set([
    ...(inTopic ? topicScopes(rights) : []),
    ...(inAuthorTopic ? topicScopes(rights).map(keys.authors) : []),
    ...roomScopes(rooms),
    ...rooms.flatMap(room => (room.kind === 'project' ? [keys.authors(keys.project(room.id))] : [])),
  ])
}

const everyProject = raw(`'${keys.everyProject}'`)

const topicScopes = ({ projects }: Rights): string[] => [keys.everyone, ...[...projects].map(keys.project)]

const roomScopes = (rooms: readonly Room[]): string[] =>
  rooms.flatMap(room =>
    room.kind === 'project' ? [keys.project(room.id)] : room.kind === 'user' ? [keys.person(room.id)] : [],
  )

/** `access_changed` reaches every socket of the person concerned, whatever rooms it joined. */
const concerns = ({ personId }: Rights) => sql`(scope = ${keys.person(personId)}
  or (scope = ${keys.everyone} and not coalesce(reach::jsonb -> 'except' @> to_jsonb(${personId}::bigint), false)))`

function inRoom(room: Room, rights: Rights): Sql {
  switch (room.kind) {
    case 'topic':
      return sql`(event = any(${eventsOfTopic[room.name]})
        and (${scopesOf(rights)} or ${couldSee(rights)} or ${ownOf(room.name, rights)}))`
    case 'project':
      return sql`(scope = ${keys.project(room.id)}
        or (scope = ${keys.authors(keys.project(room.id))} and ${isAuthor(rights)}))`
    case 'user':
      return sql`(scope = ${keys.person(room.id)} and event <> 'access_changed')`
    case 'admin':
      return sql`false`
  }
}

const scopesOf = (rights: Rights) =>
  rights.admin ? sql`scope ~ ${everyProject}` : sql`scope = any(${topicScopes(rights)})`

/**
 * Events that only their author may read, in places that the author can still read. An administrator finds them among
 * all scopes.
 */
const ownOf = (topic: Topic, rights: Rights) =>
  authorTopics.has(topic) && !rights.admin
    ? sql`(scope = any(${topicScopes(rights).map(keys.authors)}) and ${isAuthor(rights)})`
    : sql`false`

const isAuthor = ({ admin, personId }: Rights) => (admin ? sql`true` : sql`reach ->> 'only' = ${String(personId)}`)

/** `project_deleted` reaches the people who could see the project, although nobody can see it any more. */
const couldSee = (rights: Rights) => sql`(event = 'project_deleted' and (reach ->> 'former' = 'everyone'
  or coalesce(reach::jsonb -> 'former' @> to_jsonb(${rights.personId}::bigint), false)))`

const eventsOfTopic = Object.fromEntries(
  topics.map(topic => [topic, names.filter(name => topicsOf[name].has(topic))]),
) as Record<Topic, EventName[]>
