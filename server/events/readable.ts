import sql, { join, type Sql } from 'sql-template-tag'
import { type EventName, type Room, type Topic, topics, topicsOf } from '../../contract/index.ts'
import type { LogEvent } from './event.ts'

/** What a person may see as of now. An admin may see everything, and `projects` is not looked at. */
export interface Rights {
  personId: number
  admin: boolean
  projects: ReadonlySet<number>
}

const names = Object.keys(topicsOf) as EventName[]

/**
 * Which events of the log a person gets in some rooms, as a condition on the log's rows. Live delivery says
 * the same with internal rooms (faces/socket/internal-rooms.ts); the seeded test compares the two.
 */
export function readableIn(rooms: readonly Room[], rights: Rights): Sql {
  const parts: Sql[] = [sql`(event = 'access_changed' and ${concerns(rights)})`]
  for (const room of rooms) parts.push(inRoom(room, rights))
  return join(parts, ' or ')
}

/** `access_changed` reaches every socket of the person concerned, whatever it joined. */
const concerns = ({ personId }: Rights) => sql`(scope = ${`u${personId}`}
  or (scope = 'all' and not coalesce(reach::jsonb -> 'except' @> to_jsonb(${personId}::bigint), false)))`

function inRoom(room: Room, rights: Rights): Sql {
  switch (room.kind) {
    case 'topic':
      return sql`(event = any(${eventsOfTopic[room.name]}) and (${scopesOf(rights)} or ${couldSee(rights)}))`
    case 'project':
      return sql`(scope = ${`p${room.id}`})`
    case 'user':
      return sql`(scope = ${`u${room.id}`} and event <> 'access_changed')`
    case 'admin':
      return sql`false`
  }
}

const scopesOf = (rights: Rights) =>
  rights.admin ? sql`scope ~ '^(all|p)'` : sql`scope = any(${['all', ...[...rights.projects].map(id => `p${id}`)]})`

/** A deleted project is told to those who could see it, though by now nobody can. */
const couldSee = (rights: Rights) => sql`(event = 'project_deleted' and (reach ->> 'former' = 'everyone'
  or coalesce(reach::jsonb -> 'former' @> to_jsonb(${rights.personId}::bigint), false)))`

const eventsOfTopic = Object.fromEntries(
  topics.map(topic => [topic, names.filter(name => (topicsOf[name] as readonly Topic[]).includes(topic))]),
) as Record<Topic, EventName[]>

/** What goes on the wire: the payload, and where in the log it stands. */
export const wirePayload = (event: LogEvent): Record<string, unknown> => ({
  ...event.payload,
  offset: event.offset,
  at: event.at,
  ...(event.mutation_id !== null && { mutation_id: event.mutation_id }),
})
