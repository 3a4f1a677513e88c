import sql, { join, raw, type Sql } from 'sql-template-tag'
import { authorTopics, type EventName, type Room, type Topic, topics, topicsOf } from '../../contract/index.ts'
import { keys } from './audience.ts'

/** What a person may see as of now. An admin may see everything, and `projects` is not looked at. */
export interface Rights {
  personId: number
  admin: boolean
  projects: ReadonlySet<number>
}

/**
 * Part of the log: a condition on its rows, and the scopes in which rows that meet it can be at all, so that reading
 * costs what is found and not what there is. Without scopes: in every one.
 */
export interface Readable {
  matching: Sql
  /** Where events of tasks match, each up to an offset: what came after it somebody has already. */
  tasksIn: ReadonlyMap<string, number> | 'every'
  /** Where other events match; but what is told to those concerned (`access_changed`, `project_deleted`) may be anywhere. */
  othersIn: ReadonlySet<string> | 'every'
}

const names = Object.keys(topicsOf) as EventName[]

/**
 * Which events of the log a person gets in some rooms. Live delivery says the same with internal rooms
 * (faces/socket/internal-rooms.ts); the seeded test compares the two.
 */
export function readableIn(rooms: readonly Room[], rights: Rights): Readable {
  const parts: Sql[] = [sql`(event = 'access_changed' and ${concerns(rights)})`]
  for (const room of rooms) parts.push(inRoom(room, rights))
  return { matching: join(parts, ' or '), tasksIn: tasksIn(rooms, rights), othersIn: othersIn(rooms, rights) }
}

/** What is readable of one part without what somebody already has of others, each from an offset on. */
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

/** Each of these scopes has all its events of tasks in one of the rooms: `without` relies on that. */
function tasksIn(rooms: readonly Room[], rights: Rights): Readable['tasksIn'] {
  const inTopic = rooms.some(room => room.name === 'tasks')
  if (inTopic && rights.admin) return 'every'
  const scopes = [...(inTopic ? topicScopes(rights) : []), ...roomScopes(rooms)]
  // Nothing of tasks is its author's alone.
  return new Map(scopes.map(scope => [scope, Number.MAX_SAFE_INTEGER]))
}

function othersIn(rooms: readonly Room[], rights: Rights): Readable['othersIn'] {
  // Comments stand in `tasks`, and are none of its many events of tasks.
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

/** `access_changed` reaches every socket of the person concerned, whatever it joined. */
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

/** What is its author's alone, where the author still reads; an admin reads it among all scopes. */
const ownOf = (topic: Topic, rights: Rights) =>
  authorTopics.has(topic) && !rights.admin
    ? sql`(scope = any(${topicScopes(rights).map(keys.authors)}) and ${isAuthor(rights)})`
    : sql`false`

const isAuthor = ({ admin, personId }: Rights) => (admin ? sql`true` : sql`reach ->> 'only' = ${String(personId)}`)

/** A deleted project is told to those who could see it, though by now nobody can. */
const couldSee = (rights: Rights) => sql`(event = 'project_deleted' and (reach ->> 'former' = 'everyone'
  or coalesce(reach::jsonb -> 'former' @> to_jsonb(${rights.personId}::bigint), false)))`

const eventsOfTopic = Object.fromEntries(
  topics.map(topic => [topic, names.filter(name => topicsOf[name].has(topic))]),
) as Record<Topic, EventName[]>
