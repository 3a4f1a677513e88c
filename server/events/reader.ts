import type { Database } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { renameLog } from './epoch.ts'
import type { LogEvent } from './event.ts'
import { type Batch, batchEvents, readHead } from './log.ts'
import { createRecent } from './recent.ts'
import { readRange } from './read.ts'

export interface Reader {
  /** The position of this instance: every event up to `offset` has been passed to its listeners. */
  readonly epoch: string
  readonly offset: number
  /**
   * Called synchronously with each piece of the log, in order. A piece holds whole commands; only a command of more
   * than a mebibyte comes in several pieces.
   */
  onBatch(listener: (events: LogEvent[]) => void): void
  /** Called when the log was replaced (a restore); positions in the old log are meaningless. */
  onNewEpoch(listener: () => void): void
  /** Applies a batch that continues the position at once; for any other batch reads the missing part from the log. */
  feed(batch: Batch): void
  /** Notes that the log reaches this offset; reads what this instance lacks from the log. */
  hint(epoch: string, last: number): void
  /** Resolves when everything up to `offset` has been applied, or after `withinMs` at the latest. */
  reach(offset: number, withinMs: number): Promise<void>
  /** All applied events after an offset, if they are still in memory; otherwise null, and the log has them. */
  recent(after: number): LogEvent[] | null
  start(): Promise<void>
  stop(): Promise<void>
}

export interface ReaderDeps {
  database: Database
  log: Logger
  /** How many events are kept in memory. */
  recentEvents: number
  /** The polling interval. It limits the delay of an instance that received no hint. */
  pollMs?: number | undefined
}

const recentBytes = 1024 * 1024
/** The most that is read at a time, to bound memory. In events, it is more than the largest command has. */
const chunk = { events: 2_000, bytes: 1024 * 1024 }
/** How many times as long as sending took events are gathered afterwards: after a single batch, and after several. */
const gatherFactor = { single: 1, several: 3 }
const longestGatherMs = 25
/** Gathered events that are larger than this are sent at once. */
const mostGatheredBytes = 1024 * 1024
/** Sending more than this takes long because of its size, and says nothing of how often events come. */
const largeBytes = 256 * 1024

/**
 * The only owner of this instance's position in the log. However news arrives, repeated, late or not at all, each event
 * is applied once and in order, because only this loop moves the position and the log in PostgreSQL is the truth.
 */
export function createReader({ database, log, recentEvents, pollMs = 400 }: ReaderDeps): Reader {
  const listeners: ((events: LogEvent[]) => void)[] = []
  const epochListeners: (() => void)[] = []
  const waiting = new Set<{ offset: number; done: () => void }>()
  const recent = createRecent({ events: recentEvents, bytes: recentBytes })
  let epoch = ''
  let offset = 0
  let target = 0
  let catchingUp: Promise<void> | null = null
  /** How often the log was replaced. */
  let replaced = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let gathered: Batch[] = []
  let gatheredBytes = 0
  let gathering: NodeJS.Timeout | undefined

  function apply(events: LogEvent[]) {
    const fresh = events.filter(event => event.offset > offset)
    // Applied already, because the poll was faster than the message.
    if (fresh.length === 0) return
    for (const listener of listeners) {
      try {
        listener(fresh)
      } catch (error) {
        log.error({ err: error, offset }, 'a listener of the event log failed')
      }
    }
    offset = fresh.at(-1)?.offset ?? offset
    recent.add(fresh)
    if (fresh.some(({ event }) => event === 'person_erased')) recent.startAt(offset)
    for (const one of waiting) if (one.offset <= offset) one.done()
  }

  /**
   * The first batch is applied at once. Those that come while it was applied, and for as long afterwards, are gathered,
   * so that each receiver of many events gets them with one write. Where several came together, the next ones are
   * gathered for three times as long, so that the rest of the process has most of the time as long as sending takes less
   * than 25 ms. No event waits after a large batch: otherwise one person could delay everybody's events with a few large
   * ones.
   */
  function feed(batch: Batch) {
    if (stopped || batch.events.length === 0 || batch.epoch !== epoch) return
    gathered.push(batch)
    gatheredBytes += batch.events.reduce((sum, { bytes }) => sum + bytes, 0)
    if (!gathering || gatheredBytes > mostGatheredBytes) takeGathered()
  }

  function takeGathered() {
    clearTimeout(gathering)
    gathering = undefined
    const batches = gathered
    const isLarge = gatheredBytes > largeBytes
    gathered = []
    gatheredBytes = 0
    const began = performance.now()
    for (const events of joined(batches)) take(events)
    const tookMs = performance.now() - began
    const factor = batches.length > 1 ? gatherFactor.several : gatherFactor.single
    if (batches.length > 0 && tookMs >= 1 && !isLarge && !stopped)
      gathering = setTimeout(takeGathered, Math.min(tookMs * factor, longestGatherMs))
  }

  function take(events: LogEvent[]) {
    if (!catchingUp && events[0]!.offset <= offset + 1) apply(events)
    else raise(events.at(-1)!.offset)
  }

  function raise(to: number) {
    target = Math.max(target, to)
    if (offset < target && !stopped) catchingUp ??= catchUp()
  }

  async function catchUp() {
    try {
      while (offset < target && !stopped) {
        const of = replaced
        const events = await readCommands(offset, target)
        // They are of the log before, and what now has their offsets is something else.
        if (of !== replaced) continue
        if (events.length === 0) break // overtaken by retention or a new epoch: the next poll handles it
        apply(events)
      }
    } catch (error) {
      log.warn({ err: error }, 'the event log cannot be read; trying again')
      target = offset
    }
    // In the same turn of the event loop as the last check of `target`, so a batch that is fed a moment later does not
    // rely on the ended loop.
    catchingUp = null
  }

  /** The next whole commands; a command that is larger than a chunk is returned in chunks. */
  async function readCommands(after: number, upTo: number): Promise<LogEvent[]> {
    // An ordinary batch that nobody passed on is live, and so are the ends of rights in it: it waits for no replica.
    const from = upTo - after <= batchEvents ? database : database.reads
    const { events, readTo } = await readRange(from, after, upTo, chunk)
    return readTo < upTo ? wholeCommands(events) : events
  }

  async function poll() {
    try {
      const known = offset
      const head = await readHead(database)
      if (head.epoch === epoch && head.last < known) await renameLog(database, epoch, known)
      else if (head.epoch !== epoch) startOver(head.epoch, head.last)
      else if (offset < head.first - 1) startOver(epoch, head.last)
      else raise(head.last)
    } catch (error) {
      log.debug({ err: error }, 'the log head cannot be read; trying again')
    }
    if (!stopped) timer = setTimeout(poll, pollMs)
  }

  function startOver(newEpoch: string, last: number) {
    log.warn({ from: { epoch, offset }, to: { epoch: newEpoch, offset: last } }, 'the event log was replaced')
    replaced++
    epoch = newEpoch
    offset = last
    target = last
    gathered = []
    gatheredBytes = 0
    recent.startAt(last)
    for (const listener of epochListeners) listener()
  }

  return {
    get epoch() {
      return epoch
    },
    get offset() {
      return offset
    },
    onBatch: listener => void listeners.push(listener),
    onNewEpoch: listener => void epochListeners.push(listener),
    feed,
    recent: after => recent.after(after),
    hint: (of, last) => of === epoch && raise(last),
    reach: async (wanted, withinMs) => {
      if (wanted <= offset) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const one = { offset: wanted, done: resolve }
      waiting.add(one)
      const late = setTimeout(resolve, withinMs)
      await promise
      clearTimeout(late)
      waiting.delete(one)
    },
    start: async () => {
      const head = await readHead(database)
      epoch = head.epoch
      offset = target = head.last
      recent.startAt(head.last)
      timer = setTimeout(poll, pollMs)
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      clearTimeout(gathering)
      await catchingUp
    },
  }
}

/** Batches that continue one another, as one. */
function joined(batches: Batch[]): LogEvent[][] {
  const runs: LogEvent[][] = []
  for (const { events } of batches) {
    const run = runs.at(-1)
    if (run && run.at(-1)!.offset + 1 === events[0]!.offset) run.push(...events)
    else runs.push([...events])
  }
  return runs
}

/** Removes the last command, whose remaining events may not have been read yet. */
export function wholeCommands(events: LogEvent[]): LogEvent[] {
  const last = events.at(-1)?.command
  const whole = events.filter(event => event.command !== last)
  return whole.length > 0 ? whole : events
}
