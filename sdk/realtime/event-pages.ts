import type { eventLog, Output } from '../../contract/index.ts'
import type { CallInput, CallOptions } from '../http/call.ts'

type Read = (typeof eventLog)['operations']['read']
export type EventPage = Output<Read>
export type ReadEvents = (input: CallInput<Read>, options?: CallOptions) => Promise<EventPage>

interface EventPagesOptions {
  read: ReadEvents
  /** What is to be read, and from where on; null = nothing for now. */
  wanted: () => { room: string[]; since?: number; epoch?: string } | null
  took: (page: EventPage) => void
  failed: (error: unknown) => void
}

/** A line that comes back soon needs no other way. */
const patienceMs = 6_000
const everyMs = 4_000
const eventsAtOnce = 500

/**
 * The way around a network that lets no socket through: the log by plain requests, every few seconds, for as long as no
 * socket is there.
 */
export function createEventPages({ read, wanted, took, failed }: EventPagesOptions) {
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function readOn({ signal }: AbortController) {
    try {
      for (let more = true; more;) {
        const from = wanted()
        if (from === null) break
        const page = await read({ ...from, limit: eventsAtOnce }, { signal })
        if (signal.aborted) return
        took(page)
        more = !page.complete
      }
    } catch (error) {
      if (signal.aborted) return
      failed(error)
    }
    // A crowd whose sockets broke at once does not ask as one.
    if (!signal.aborted) next(everyMs * (0.75 + Math.random() / 2))
  }

  function next(ms: number) {
    timer = setTimeout(() => running && void readOn(running), ms)
  }

  return {
    /** There is no socket. */
    start() {
      if (running) return
      running = new AbortController()
      next(patienceMs)
    },
    /** There is one again, or nothing more to hope for. What is on its way counts no more. */
    stop() {
      running?.abort()
      running = undefined
      clearTimeout(timer)
    },
  }
}
