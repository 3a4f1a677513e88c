import sql, { join, type Sql } from 'sql-template-tag'
import type { Room } from '../../../contract/index.ts'
import { type LogEvent, readableIn, readMatching, type Rights, wholeCommands, wirePayload } from '../../events/index.ts'
import type { Connection } from '../../kernel/database.ts'
import { bulkMessage, told } from './bulk.ts'
import type { Member } from './member.ts'

/** Read at a time: bounds the memory of a replay, and is more than the events of one bulk operation. */
const batch = 2_000

/**
 * What a join with a position owes a member: the events of the new rooms after it, without those that it already got
 * through rooms that it was in.
 */
export function missedBy(member: Member, fresh: readonly Room[]): Sql {
  const got = [...member.rooms.values()].map(
    ({ room, after }) => sql`(${inRooms([room], member.rights)} and "offset" > ${after})`,
  )
  if (member.started) got.push(sql`(${inRooms([], member.rights)} and "offset" > ${member.personAfter})`)
  const wanted = sql`(${inRooms(fresh, member.rights)})`
  return got.length > 0 ? sql`${wanted} and not (${join(got, ' or ')})` : wanted
}

const inRooms = (rooms: readonly Room[], rights: Rights) => readableIn(rooms, rights)

export async function countMatching(
  db: Connection,
  matching: Sql,
  after: number,
  upTo: number,
  most: number,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*) from (select from event_log
      where "offset" > ${after} and "offset" <= ${upTo} and (${matching}) limit ${most}) found`)
  return row!.count
}

/** Whether the person's role changed in a piece of the log: then what the client holds of it may not be its own any more. */
export async function roleChanged(db: Connection, personId: number, after: number, upTo: number): Promise<boolean> {
  const rows = await db.query<{ payload: { user_id: number; role_changed: boolean } }>(sql`
    select payload from event_log where "offset" > ${after} and "offset" <= ${upTo} and scope = '-' and event = 'account_changed'`)
  return rows.some(({ payload }) => payload.user_id === personId && payload.role_changed)
}

/** Sends what matches in (after, upTo], in order, a batch at a time; stops when the socket is gone. */
export async function replay(
  db: Connection,
  member: Member,
  matching: Sql,
  after: number,
  upTo: number,
): Promise<void> {
  let from = after
  while (from < upTo && !member.closed) {
    const found = await readMatching(db, matching, from, upTo, batch)
    const events = found.length < batch ? found : wholeCommands(found)
    send(member, events)
    if (found.length < batch) return
    from = events.at(-1)!.offset
  }
}

function send(member: Member, events: LogEvent[]) {
  const emit = (event: LogEvent) => member.socket.emit(event.event, wirePayload(event))
  for (const one of told(events.filter(event => maySee(event, member)))) {
    if (one.kind === 'single') emit(one.event)
    else if (!member.bulk) one.events.forEach(emit)
    else {
      const { name, payload } = bulkMessage(one.of, one.events)
      member.socket.emit(name, payload)
    }
  }
}

/** Rights may have ended since the events were asked for, and count as of now. */
function maySee(event: LogEvent, { rights }: Member): boolean {
  if (rights.admin || !event.scope.startsWith('p') || event.event === 'project_deleted') return true
  return rights.projects.has(Number(event.scope.slice(1)))
}
