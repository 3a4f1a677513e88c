import sql, { join, raw, type Sql } from 'sql-template-tag'
import { type EventName, eventsForAdmins, type Room, type Topic, topics, topicsOf } from '../../contract/index.ts'
import { keys } from './audience.ts'
import { isWithheld, ownSeats, type Rights, type Seat, seatsOfRoom } from './seats.ts'

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

/** The events of the log that a person gets in these rooms: a condition for each seat. */
export function readableIn(rooms: readonly Room[], rights: Rights): Readable {
  const seats = [...ownSeats(rights), ...rooms.flatMap(room => seatsOfRoom(room, rights))]
  const inSeats = join(conditionsOf(seats), ' or ')
  const withheld = names.filter(event => isWithheld({ event }, rights))
  const matching = withheld.length === 0 ? inSeats : sql`(${inSeats}) and event <> all(${withheld})`
  return { matching, tasksIn: tasksIn(seats), othersIn: othersIn(seats) }
}

/** The events that a person gets in all rooms together, for readers without rooms: webhooks. */
export function readableAnywhere(rights: Rights): Readable {
  const { personId: id, admin } = rights
  const all = topics.map((name): Room => ({ kind: 'topic', name }))
  const ofAdmins: Room[] = admin ? [{ kind: 'admin', name: 'admin' }] : []
  const inRooms = readableIn([...all, ...ofAdmins, { kind: 'user', name: `user_${id}`, id }], rights)
  const seen = [keys.everyone, ...Array.from(rights.projects, keys.project)]
  const published = sql`(event like '%.%' and ${admin ? sql`scope ~ ${everyProject}` : sql`scope = any(${seen})`})`
  const ofEverybody = admin ? sql`event = any(${eventsForAdmins})` : sql`false`
  return { ...inRooms, matching: join([inRooms.matching, published, ofEverybody], ' or ') }
}

/** The readable events of `wanted` that have one of these names; null stands for all names. */
export const named = (wanted: Readable, names: readonly string[] | null): Readable =>
  names === null ? wanted : { ...wanted, matching: sql`(${wanted.matching}) and event = any(${[...names]})` }

/**
 * The readable events of `wanted` without those that the person already has from other parts, each from an offset on.
 */
export function without(wanted: Readable, had: readonly { what: Readable; after: number }[]): Readable {
  if (had.length === 0) return wanted
  const conditions = had.map(({ what, after }) => sql`((${what.matching}) and "offset" > ${after})`)
  return {
    // A condition on `reach` is null for an event without it, and `not` would leave that event out.
    matching: sql`(${wanted.matching}) and (${join(conditions, ' or ')}) is not true`,
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
function tasksIn(seats: readonly Seat[]): Readable['tasksIn'] {
  // No event of a task is visible to its author only.
  const having = seats.filter(seat => !('topic' in seat) || seat.topic === 'tasks')
  if (having.some(({ of }) => of === 'wholeTopic')) return 'every'
  return new Map(having.flatMap(scopesOf).map(scope => [scope, Number.MAX_SAFE_INTEGER]))
}

const othersIn = (seats: readonly Seat[]): Readable['othersIn'] =>
  seats.some(({ of }) => of === 'wholeTopic')
    ? 'every'
    : new Set([...seats.flatMap(scopesOf), ...seats.flatMap(authorScopesOf)])

function scopesOf(seat: Seat): string[] {
  if (seat.of === 'topic') return [seat.scope]
  if (seat.of === 'project') return [keys.project(seat.id)]
  if (seat.of === 'admins') return [keys.admins]
  return seat.of === 'user' ? [keys.person(seat.id)] : []
}

function authorScopesOf(seat: Seat): string[] {
  if (seat.of === 'topicOfAuthor') return [keys.authors(seat.scope)]
  return seat.of === 'projectOfAuthor' || seat.of === 'projectOfAuthors' ? [keys.authors(keys.project(seat.id))] : []
}

/** One condition for the seats of a topic together, and one for each other seat. */
function conditionsOf(seats: readonly Seat[]): Sql[] {
  const byTopic = Map.groupBy(seats, seat => ('topic' in seat ? seat.topic : null))
  return [...byTopic].flatMap(([topic, some]) =>
    topic === null
      ? some.flatMap(conditionOf)
      : [
          sql`(event = any(${eventsOfTopic[topic]}) and (${join(conditionsInTopic(some), ' or ')}))`,
          sql`(scope = ${keys.everyone} and reach ->> 'topic' = ${topic})`,
        ],
  )
}

const everyProject = raw(`'${keys.everyProject}'`)

function conditionsInTopic(seats: readonly Seat[]): Sql[] {
  const [scopes, own] = [seats.filter(({ of }) => of === 'topic'), seats.filter(seat => seat.of === 'topicOfAuthor')]
  return [
    ...(scopes.length > 0 ? [sql`scope = any(${scopes.flatMap(scopesOf)})`] : []),
    ...(own.length > 0 ? [sql`(scope = any(${own.flatMap(authorScopesOf)}) and ${isAuthor(own[0]!.author)})`] : []),
    ...seats.flatMap(seat => {
      if (seat.of === 'wholeTopic') return [sql`scope ~ ${everyProject}`]
      return seat.of === 'former' ? [couldSee(seat.id)] : []
    }),
  ]
}

function conditionOf(seat: Seat): Sql[] {
  switch (seat.of) {
    case 'person':
      return [
        sql`(event = 'access_changed' and (scope = ${keys.person(seat.id)} or (scope = ${keys.everyone}
          and not coalesce(reach::jsonb -> 'except' @> to_jsonb(${seat.id}::bigint), false))))`,
      ]
    case 'project':
      return [sql`scope = ${keys.project(seat.id)}`]
    case 'projectOfAuthor':
      return [sql`(scope = ${keys.authors(keys.project(seat.id))} and ${isAuthor(seat.author)})`]
    case 'projectOfAuthors':
      return [sql`scope = ${keys.authors(keys.project(seat.id))}`]
    case 'admins':
      return [sql`scope = ${keys.admins}`]
    case 'user':
      return [sql`(scope = ${keys.person(seat.id)} and event <> 'access_changed')`]
    // A part of `person`, and of `project`; the others belong to topics.
    default:
      return []
  }
}

const isAuthor = (author: number) => sql`reach ->> 'only' = ${String(author)}`

const couldSee = (personId: number) => sql`(event = 'project_deleted' and (reach ->> 'former' = 'everyone'
  or coalesce(reach::jsonb -> 'former' @> to_jsonb(${personId}::bigint), false)))`

const names = Object.keys(topicsOf) as EventName[]
const eventsOfTopic = Object.fromEntries(
  topics.map(topic => [topic, names.filter(name => topicsOf[name].has(topic))]),
) as Record<Topic, EventName[]>
