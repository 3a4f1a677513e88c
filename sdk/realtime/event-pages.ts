import type { eventLog, Output } from '../../contract/index.ts'
import type { CallInput, CallOptions } from '../http/call.ts'

type Read = (typeof eventLog)['operations']['read']
export type EventPage = Output<Read>
export type ReadEvents = (input: CallInput<Read>, options?: CallOptions) => Promise<EventPage>

interface EventPagesOptions {
  read: ReadEvents
  /** What to read and from where; null means nothing for now. */
  wanted: () => { room: string[]; since?: number; epoch?: string } | null
  took: (page: EventPage) => void
  failed: (error: unknown) => void
}

/** A connection that is restored sooner needs no replacement. */
const patienceMs = 6_000
const everyMs = 4_000
const eventsAtOnce = 500

/**
 * A replacement for sockets in networks that block them: reads the log by plain requests every few seconds, for as long
 * as there is no socket.
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
    // Random, so that many clients whose sockets broke at once do not send requests at once.
    if (!signal.aborted) next(everyMs * (0.75 + Math.random() / 2))
  }

  function next(ms: number) {
    timer = setTimeout(() => running && void readOn(running), ms)
  }

  return {
    /** Call when there is no socket. */
    start() {
      if (running) return
      running = new AbortController()
      next(patienceMs)
    },
    /** Call when there is a socket again, or the client has ended. The answer to a request in progress is ignored. */
    stop() {
      running?.abort()
      running = undefined
      clearTimeout(timer)
    },
  }
}
