import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './instance.ts'
import type { Upstream } from './upstream-pool.ts'

/** A place for one instance. When the instance ends, another one is started. */
export interface Slot {
  /** Resolves when the first instance serves. Rejects when it ends before that, and then no other one is started. */
  start(): Promise<{ admin: string }>
  /** Where the balancer may send requests; null while no instance serves. */
  readonly upstream: Upstream | null
  readonly pid: number
  /** Drains the instance, if it serves, and resolves when it has ended; the next one is then starting. */
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
/** An instance that ran for this long was healthy: its end is not counted with earlier failures. */
const soundMs = 30_000
/** Time for requests that the balancer has just sent to arrive. */
const lastRequestsMs = 250

export function createSlot({ name, launch, say }: SlotDeps): Slot {
  const first = Promise.withResolvers<{ admin: string }>()
  const stopping = new AbortController()
  let instance: Instance | null = null
  let upstream: Upstream | null = null
  let everServed = false
  let draining = false
  let over = Promise.resolve()

  /** The life of one instance; resolves with the reason of its end. */
  async function live(): Promise<string> {
    const launched = await launch()
    instance = launched.instance
    // The stop came while the instance was being launched.
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
