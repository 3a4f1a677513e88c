import type { Room } from '../../../contract/index.ts'
import {
  isForgotten,
  type LogEvent,
  type Readable,
  readableIn,
  readHead,
  readMatching,
  wholeCommands,
  without,
  wirePayload,
  parseKey,
} from '../../events/index.ts'
import type { Connection } from '../../kernel/database.ts'
import { drained } from './backpressure.ts'
import { bulkMessage, mostBulkBytes, told as toldAtOnce } from './bulk.ts'
import { ownSeats, reaches, seatsOf, seatsOfRoom } from './internal-rooms.ts'
import type { Member } from './member.ts'

/** Read and sent at a time: with what the line has not yet taken, the memory of a replay. */
const batch = { events: 500, bytes: 256 * 1024 }
/** For a bulk operation that is more than a batch: what is one message is read at once. */
const wholeBulk = { events: 2_000, bytes: mostBulkBytes }

/**
 * What a join with a position owes a member: the events of the new rooms after it, without those that it already got
 * through rooms that it was in.
 */
export function missedBy(member: Member, fresh: readonly Room[]): Readable {
  const got = [...member.rooms.values()].map(({ room, after }) => ({ what: readableIn([room], member.rights), after }))
  if (member.started) got.push({ what: readableIn([], member.rights), after: member.personAfter })
  return without(readableIn(fresh, member.rights), got)
}

/**
 * Sends what matches in (after, upTo], in order, a batch at a time and no faster than the line takes it; stops when the
 * socket is gone. A line that takes nothing, and a replay that the log's forgetting has overtaken, are closed: the client
 * comes back and is told where it stands.
 *
 * @param read all that matches, where it has been read already
 * @param told called after each batch that was read here, with its events; the next one waits for it
 */
export async function replay(
  db: Connection,
  member: Member,
  what: Readable,
  after: number,
  upTo: number,
  { read = null, told }: { read?: LogEvent[] | null; told?: (events: LogEvent[]) => Promise<void> } = {},
): Promise<void> {
  if (read) return send(member, read)
  for (let from = after; from < upTo && !member.closed;) {
    const { events, readTo } = await readCommands(db, what, from, upTo)
    // Looked at after reading: what was there then is what was read.
    if (isForgotten(await readHead(db), from)) return void member.socket.conn.close()
    send(member, events)
    from = readTo
    const paced = told?.(events)
    if (from < upTo && !(await drained(member.socket.conn))) return
    if (from < upTo) await paced
  }
}

/** The same of recent events, which need no look into the log: told by where they would have gone. */
export function missedAmong(events: readonly LogEvent[], member: Member, fresh: readonly Room[]): LogEvent[] {
  const wanted = new Set([...ownSeats(member), ...fresh.flatMap(room => seatsOfRoom(room, member))])
  const got = Array.from(member.rooms.values(), ({ room, after }) => ({ seats: seatsOfRoom(room, member), after }))
  if (member.started) got.push({ seats: ownSeats(member), after: member.personAfter })
  const had = got.map(({ seats, after }) => ({ seats: new Set(seats), after }))
  return events.filter(
    event => reaches(event, wanted) && !had.some(({ seats, after }) => event.offset > after && reaches(event, seats)),
  )
}

/** All that matches in (after, upTo] if it is a batch at most, and certainly no more; null when it may be more. */
export async function readAtOnce(db: Connection, what: Readable, after: number, upTo: number) {
  if (upTo - after >= batch.events) return null
  const { events, readTo } = await readMatching(db, what, after, upTo, batch)
  return readTo === upTo ? events : null
}

/** The next batch; the last command is left for the next one when it is not whole. */
async function readCommands(db: Connection, what: Readable, from: number, upTo: number) {
  const piece = await readMatching(db, what, from, upTo, batch)
  if (piece.readTo === upTo) return piece
  const whole = wholeCommands(piece.events)
  if (whole.length < piece.events.length || !piece.events[0]!.bulk) return upToLast(whole)
  const bulk = await readMatching(db, what, from, upTo, wholeBulk)
  return bulk.readTo === upTo ? bulk : upToLast(wholeCommands(bulk.events))
}

const upToLast = (events: LogEvent[]) => ({ events, readTo: events.at(-1)!.offset })

/** What a member would have got live, had it been. */
export function sendSeated(member: Member, events: readonly LogEvent[]): void {
  const seats = new Set(seatsOf(member))
  send(
    member,
    events.filter(event => reaches(event, seats)),
  )
}

function send(member: Member, events: LogEvent[]) {
  const emit = (event: LogEvent) => member.socket.emit(event.event, wirePayload(event))
  for (const one of toldAtOnce(events.filter(event => maySee(event, member)))) {
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
  if (rights.admin || event.event === 'project_deleted') return true
  const audience = parseKey(event.scope)
  const project = audience.of === 'project' ? audience.id : audience.of === 'authors' ? audience.projectId : null
  return project === null || rights.projects.has(project)
}
