import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './instance.ts'
import type { Upstream } from './upstream-pool.ts'

/** A place for one instance: when the one that is there ends, another one is started. */
export interface Slot {
  /** Resolves when the first one serves; rejects when that one ends instead, and then there is no other. */
  start(): Promise<{ admin: string }>
  /** Where the balancer may send to; null while there is nobody. */
  readonly upstream: Upstream | null
  readonly pid: number
  /** Drains the one that is there, if it serves, and resolves when it is gone; the next one is then on its way. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface SlotDeps {
  name: string
  launch: () => Promise<{ instance: Instance; upstream: Upstream }>
  say: (text: string) => void
}

const firstWaitMs = 250
const longestWaitMs = 10_000
/** One that ran for so long was sound: its end is not counted with those before. */
const soundMs = 30_000
/** For what the balancer has just sent to get there. */
const lastRequestsMs = 250

export function createSlot({ name, launch, say }: SlotDeps): Slot {
  const first = Promise.withResolvers<{ admin: string }>()
  const stopping = new AbortController()
  let instance: Instance | null = null
  let upstream: Upstream | null = null
  let everServed = false
  let draining = false
  let over = Promise.resolve()

  /** The life of one instance; resolves with what ended it. */
  async function live(): Promise<string> {
    const launched = await launch()
    instance = launched.instance
    // It was not there yet when the stop came.
    if (stopping.signal.aborted) void instance.stop()
    try {
      const facts = await instance.ready
      everServed = true
      upstream = launched.upstream
      say(`${name} is up: port ${upstream.port}, pid ${instance.pid}`)
      first.resolve(facts)
    } catch (error) {
      first.reject(error)
    }
    const why = await instance.ended
    upstream = null
    return why
  }

  async function keepAlive(): Promise<void> {
    for (let failures = 0; ;) {
      const began = performance.now()
      const why = await live().catch(error => {
        first.reject(error)
        return String(error)
      })
      if (stopping.signal.aborted || !everServed) return
      const expected = draining
      draining = false
      failures = expected ? 0 : performance.now() - began > soundMs ? 1 : failures + 1
      const waitMs = expected ? 0 : Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs)
      say(
        `${name} has ${expected ? 'drained' : 'ended'} (${why}); the next one starts ${waitMs ? `in ${waitMs} ms` : 'now'}`,
      )
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    get upstream() {
      return upstream
    },
    get pid() {
      return instance?.pid ?? 0
    },
    start: () => {
      over = keepAlive()
      return first.promise
    },
    restart: async () => {
      if (!instance || !upstream) return
      const old = instance
      upstream = null
      await sleep(lastRequestsMs)
      draining = true
      await old.stop()
    },
    stop: async () => {
      stopping.abort()
      await instance?.stop()
      await over
    },
  }
}
