import type { Connection } from '../ports/database.ts'
import type { LogEvent } from './event.ts'

/** Events from the sequencer: a contiguous piece of the log `epoch`. */
export interface Batch {
  epoch: string
  events: LogEvent[]
}

/** What was sequenced in one step, `count` events up to `last`; without the events when they are too large to be passed on. */
export interface Sequenced {
  epoch: string
  last: number
  count: number
  events: LogEvent[] | null
}

/**
 * The state of the log: its epoch, and the offsets of its oldest and newest events. In an empty log `last` = `first` -
 * 1.
 */
export interface Head {
  epoch: string
  first: number
  last: number
}

export const readHead = async (db: Connection): Promise<Head> => {
  const [head] = await db.query<Head>({ text: 'select epoch, first, last from log_head', values: [], name: 'log_head' })
  return head!
}

/** Beyond this many waiting commands nobody needs to know how many there are, and counting would take time. */
const mostCounted = 10_000

/** The offset of the newest event, and how many committed commands wait for theirs. */
export const readBacklog = async (db: Connection): Promise<{ last: number; outbox: number }> => {
  const [found] = await db.query<{ last: number; outbox: number }>({
    text: `select last, (select count(*) from (select from outbox limit ${mostCounted}) waiting) as outbox from log_head`,
    values: [],
  })
  return found!
}

/**
 * The most commands that one statement moves, and the number of events after which it stops taking more; a bulk of
 * 1,000 is never split. The numbers are small because all of these events are delivered in one turn of the event loop.
 */
const batchCommands = 250
export const batchEvents = 250
/** When the payloads are larger, they are not passed on; each instance reads them from the log piece by piece. */
const batchBytes = 1024 * 1024

/**
 * Moves committed rows from the outbox to the log and gives their events the next offsets. It locks the row of the head
 * first and reads the outbox through it, so two sequencers at once could only take turns.
 */
const sequenceStatement = {
  name: 'sequence',
  text: `
    with head as (select last, epoch from log_head for update),
    counted as (
      select o.id, o.n, sum(o.n) over (order by o.id) as total
      from (select id, cardinality(names) as n from outbox, head order by id limit ${batchCommands}) o),
    moved as (
      delete from outbox where id in (select id from counted where total - n < ${batchEvents})
      returning id, at, mutation_id, traceparent, bulk, names, scopes, payloads, reaches),
    numbered as (
      select head.epoch, head.last + row_number() over (order by m.id, e.nth) as "offset", m.at, m.id as command, m.bulk,
        m.mutation_id, m.traceparent, e.event, e.scope, e.reach::json as reach, e.payload::json as payload, octet_length(e.payload) as bytes
      from moved m
      cross join lateral unnest(m.names, m.scopes, m.payloads, m.reaches) with ordinality
        as e (event, scope, payload, reach, nth)
      cross join head),
    written as (
      insert into event_log ("offset", at, command, bulk, mutation_id, traceparent, event, scope, reach, payload)
      select "offset", at, command, bulk, mutation_id, traceparent, event, scope, reach, payload from numbered),
    raised as (
      update log_head set last = last + (select count(*) from numbered) where exists (select from numbered)),
    whole as (
      select epoch, max("offset") as last, count(*) as count, sum(bytes) <= ${batchBytes} as handed
      from numbered group by epoch)
    select whole.epoch, whole.last, whole.count, numbered."offset", at, command, bulk, mutation_id, traceparent, event, scope, reach, payload, bytes
    from whole left join numbered on whole.handed order by "offset"`,
  values: [],
}

/** The next piece of the log, just sequenced; null when the outbox was empty. */
export async function sequence(session: Connection): Promise<Sequenced | null> {
  const rows = await session.query<(LogEvent | { offset: null }) & Omit<Sequenced, 'events'>>(sequenceStatement)
  const [first] = rows
  if (!first) return null
  const { epoch, last, count } = first
  const events = rows.flatMap(row => {
    if (row.offset === null) return []
    const { epoch: _, last: _last, count: _count, ...event } = row
    return [event]
  })
  return { epoch, last, count, events: events.length > 0 ? events : null }
}
