import type { Room } from '../../../contract/index.ts'
import {
  isForgotten,
  isWithheld,
  type LogEvent,
  type Readable,
  readableIn,
  readHead,
  readMatching,
  wholeCommands,
  without,
  parseKey,
  seesProject,
} from '../../events/index.ts'
import type { Connection } from '../../ports/database.ts'
import { drained } from './backpressure.ts'
import { bulkMessage, mostBulkBytes, messagesOf } from './bulk.ts'
import { ownSeats, reaches, seatsOfMember, seatsOfRoom } from './internal-rooms.ts'
import type { Member } from './member.ts'
import { outgoing, outgoingEvent, type SendMessages } from './send-messages.ts'

/**
 * How much is read and sent at a time. Together with what the connection has not taken yet, this is the memory of a
 * replay.
 */
const batch = { events: 500, bytes: 256 * 1024 }
/** For a bulk operation that is larger than a batch, because a bulk message is read as a whole. */
const wholeBulk = { events: 2_000, bytes: mostBulkBytes }

/**
 * The events that a join with a position has to replay: those of the new rooms after the position, without those that
 * the member already got through its other rooms.
 */
export function missedBy(member: Member, fresh: readonly Room[]): Readable {
  const got = [...member.rooms.values()].map(({ room, after }) => ({ what: readableIn([room], member.rights), after }))
  if (member.started) got.push({ what: readableIn([], member.rights), after: member.personAfter })
  return without(readableIn(fresh, member.rights), got)
}

/**
 * Sends the matching events in (after, upTo], in order, a batch at a time and no faster than the connection takes them.
 * Stops when the socket is gone. Closes the connection when it takes nothing, or when old events were deleted from the
 * log during the replay; the client reconnects and learns its state.
 *
 * @param read all matching events, if they were read already
 * @param onSent called with the events of each batch that was read here; the next batch waits for it
 */
export async function replay(
  sendMessages: SendMessages,
  db: Connection,
  member: Member,
  what: Readable,
  after: number,
  upTo: number,
  { read = null, onSent }: { read?: LogEvent[] | null; onSent?: (events: LogEvent[]) => Promise<void> } = {},
): Promise<void> {
  if (read) return send(sendMessages, member, read)
  for (let from = after; from < upTo && !member.closed;) {
    const { events, readTo } = await readCommands(db, what, from, upTo)
    // Checked after reading: if the events exist now, they existed during the read.
    if (isForgotten(await readHead(db), from)) return void member.socket.conn.close()
    send(sendMessages, member, events)
    from = readTo
    const paced = onSent?.(events)
    if (from < upTo && !(await drained(member.socket.conn))) return
    if (from < upTo) await paced
  }
}

/** The same for recent events in memory, without a query. Events are selected by their seats. */
export function missedAmong(events: readonly LogEvent[], member: Member, fresh: readonly Room[]): LogEvent[] {
  const wanted = new Set([...ownSeats(member), ...fresh.flatMap(room => seatsOfRoom(room, member))])
  const got = Array.from(member.rooms.values(), ({ room, after }) => ({ seats: seatsOfRoom(room, member), after }))
  if (member.started) got.push({ seats: ownSeats(member), after: member.personAfter })
  const had = got.map(({ seats, after }) => ({ seats: new Set(seats), after }))
  return events.filter(
    event =>
      reaches(event, wanted) &&
      !isWithheld(event, member.rights) &&
      !had.some(({ seats, after }) => event.offset > after && reaches(event, seats)),
  )
}

/** All matching events in (after, upTo] if they fit into one batch; null when there may be more. */
export async function readAtOnce(db: Connection, what: Readable, after: number, upTo: number) {
  if (upTo - after >= batch.events) return null
  const { events, readTo } = await readMatching(db, what, after, upTo, batch)
  return readTo === upTo ? events : null
}

/** The next batch. The last command is left for the next batch when it is incomplete. */
async function readCommands(db: Connection, what: Readable, from: number, upTo: number) {
  const piece = await readMatching(db, what, from, upTo, batch)
  if (piece.readTo === upTo) return piece
  const whole = wholeCommands(piece.events)
  if (whole.length < piece.events.length || !piece.events[0]!.bulk) return upToLast(whole)
  const bulk = await readMatching(db, what, from, upTo, wholeBulk)
  return bulk.readTo === upTo ? bulk : upToLast(wholeCommands(bulk.events))
}

const upToLast = (events: LogEvent[]) => ({ events, readTo: events.at(-1)!.offset })

/** Sends the events that the member would have got if it had been live. */
export function sendSeated(sendMessages: SendMessages, member: Member, events: readonly LogEvent[]): void {
  const seats = new Set(seatsOfMember(member))
  send(
    sendMessages,
    member,
    events.filter(event => reaches(event, seats)),
  )
}

function send(sendMessages: SendMessages, member: Member, events: LogEvent[]) {
  const messages = [...messagesOf(events.filter(event => maySee(event, member)))].flatMap(one => {
    if (one.kind === 'single') return outgoingEvent(one.event)
    if (!member.bulk) return one.events.map(outgoingEvent)
    const { name, payload } = bulkMessage(one.of, one.events)
    return outgoing(name, payload)
  })
  sendMessages(member.socket, messages)
}

/** Rights may have ended since the events were requested; the present rights count. */
function maySee(event: LogEvent, { rights }: Member): boolean {
  if (isWithheld(event, rights)) return false
  if (event.event === 'project_deleted') return true
  const audience = parseKey(event.scope)
  const project = audience.of === 'project' ? audience.id : audience.of === 'authors' ? audience.projectId : null
  return project === null || seesProject(rights, project)
}
