import { randomUUID } from 'node:crypto'
import type { Database } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Peers } from '../../ports/peers.ts'
import { type Clock, createPacing } from './pacing.ts'
import type { Presence } from './presence.ts'
import { answerRollCall, leaveRollCall, type Present } from './roll-call.ts'
import type { Share } from './presence-replicas.ts'

type Entry = [room: string, userId: number, share: Share | null]

/**
 * The changes that one instance sends to the others. `told` counts these messages, so that a lost one is noticed; the
 * release before calls it so.
 */
interface Changes {
  from: string
  told: number
  entries: Entry[]
}

interface Replica {
  /** The number of its messages that were received. */
  received: number
  beat: number
  /** The number of roll calls in a row that it did not answer. */
  missed: number
  leaving?: NodeJS.Timeout
}

const everyMs = 2_000
/** An instance that has not answered this many roll calls counts as dead: about 16 s. */
const mostMissed = 7
/** By then the people of a drained instance are mostly on another one, and nobody has seen them leave. */
const farewellMs = 8_000
/** How long a starting instance waits for copies of the others. */
const greetingMs = 2_000

export interface PresenceSync {
  /** Resolves when the copies of the others have arrived, or after a time limit. */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Keeps a replica of what each other instance knows. Changes are sent as they happen. An instance that misses one
 * notices it at the next roll call (the count differs) and asks for a complete copy. Without Redis the replicas stay as
 * they are and are corrected afterwards; only an instance that no longer answers the roll call loses its people.
 */
export function createPresenceSync(deps: {
  database: Database
  presence: Presence
  peers: Peers
  log: Logger
  /** The interval between two roll calls; tests use a shorter one. */
  rollCallMs?: number
  clock?: Clock
}): PresenceSync {
  const { database, presence, peers, log, rollCallMs = everyMs, clock } = deps
  const id = randomUUID()
  const replicas = new Map<string, Replica>()
  /** Changes that wait until they may be sent, and changes to send in this turn of the event loop. */
  const changed = new Map<string, Entry>()
  const pending = new Map<string, Entry>()
  let sent = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let calling: Promise<unknown> = Promise.resolve()
  let arrived: (() => void) | null = null

  // Other instances get news of a person no more often than the clients of the person's own instance.
  const pacing = createPacing((userId, room) => {
    const key = `${userId} ${room}`
    const entry = changed.get(key)
    if (!entry) return
    changed.delete(key)
    if (pending.size === 0) setImmediate(flush)
    pending.set(key, entry)
  }, clock)

  presence.onShare((room, userId, share) => {
    if (stopped) return
    changed.set(`${userId} ${room}`, [room, userId, share])
    pacing.note(userId, room)
  })

  /** Of several changes in one turn of the event loop the last one counts. */
  function flush() {
    if (pending.size === 0 || stopped) return
    const entries = [...pending.values()]
    pending.clear()
    peers.send('presence', { from: id, told: ++sent, entries } satisfies Changes)
  }

  function sendCopy() {
    flush()
    peers.send('presence_copy', { from: id, told: sent, entries: [...presence.shares()] } satisfies Changes)
  }

  peers.on('presence', ({ from, told: nth, entries }: Changes) => {
    const replica = replicas.get(from)
    // After a gap all changes are ignored until the copy arrives.
    if (!replica || nth !== replica.received + 1) return
    replica.received = nth
    for (const [room, userId, share] of entries) presence.putShare(from, room, userId, share)
  })
  peers.on('presence_copy', ({ from, told: nth, entries }: Changes) => {
    const replica = replicas.get(from) ?? { received: 0, beat: 0, missed: 0 }
    clearTimeout(replica.leaving)
    delete replica.leaving
    replicas.set(from, Object.assign(replica, { received: nth }))
    presence.replaceShares(from, entries as [string, number, Share][])
    arrived?.()
  })
  peers.on('presence_ask', ({ from, of }: { from: string; of: string[] | null }) => {
    if (from !== id && !stopped && (of === null || of.includes(id))) sendCopy()
  })
  peers.on('presence_bye', ({ from }: { from: string }) => {
    const replica = replicas.get(from)
    if (replica) replica.leaving = setTimeout(() => drop(from), farewellMs)
  })

  function drop(other: string) {
    clearTimeout(replicas.get(other)?.leaving)
    replicas.delete(other)
    presence.dropShares(other)
  }

  /**
   * Evaluates the roll call: an instance that answered keeps its people; one whose count differs is asked for a copy;
   * one that has not answered for long is dropped.
   */
  function judge(present: Present[]) {
    const behind: string[] = []
    for (const { id: other, beat, sent: nth, fresh } of present) {
      const replica = replicas.get(other)
      if (!replica) {
        if (fresh) behind.push(other)
        continue
      }
      if (beat !== replica.beat) Object.assign(replica, { beat, missed: 0 })
      else replica.missed++
      if (replica.missed >= mostMissed) {
        log.warn({ instance: other }, 'an instance no longer answers; its people are shown as gone')
        drop(other)
      } else if (replica.received < nth) behind.push(other)
    }
    const rows = new Set(present.map(({ id: other }) => other))
    // Its row is gone: it has stopped, or was dead for so long that the row was deleted.
    for (const [other, replica] of replicas) {
      if (rows.has(other) || replica.leaving) continue
      if (++replica.missed >= mostMissed) drop(other)
    }
    if (behind.length > 0) peers.send('presence_ask', { from: id, of: behind })
    return behind
  }

  async function callRoll() {
    try {
      return judge(await answerRollCall(database, id, sent))
    } catch (error) {
      // Living and dead instances cannot be distinguished now, so everybody stays.
      log.debug({ err: error }, 'the roll call failed; trying again')
      return []
    }
  }

  function schedule() {
    if (stopped) return
    timer = setTimeout(() => {
      calling = callRoll().then(schedule)
    }, rollCallMs)
    timer.unref()
  }

  return {
    start: async () => {
      const awaited = new Set(await callRoll())
      const all = Promise.withResolvers<void>()
      const late = setTimeout(all.resolve, greetingMs)
      arrived = () => [...awaited].every(other => replicas.has(other)) && all.resolve()
      arrived()
      await all.promise
      clearTimeout(late)
      arrived = null
      // The other instances know nothing of this one yet; this copy gives them everything.
      sendCopy()
      schedule()
    },
    stop: async () => {
      flush()
      stopped = true
      pacing.stop()
      clearTimeout(timer)
      await calling
      peers.send('presence_bye', { from: id })
      for (const { leaving } of replicas.values()) clearTimeout(leaving)
      await leaveRollCall(database, id).catch(() => {})
    },
  }
}
