import type { Logger } from '../kernel/logger.ts'

export interface Schedule {
  /** Starts no further run. Resolves when the present run has ended, or after a short wait. */
  stop(): Promise<void>
}

/** How long `stop` waits: a run may wait for something that does not answer. */
const patienceMs = 2_000
/** A failed run is repeated after this time at the latest. */
const retryMs = 60_000

/**
 * Runs something repeatedly, `everyMs` after the last run ended, and sooner when that run failed. Every instance does
 * it, so simultaneous and interrupted runs must do no harm.
 */
export function schedule(
  name: string,
  { everyMs, firstMs = everyMs }: { everyMs: number; firstMs?: number },
  run: () => Promise<unknown>,
  log: Logger,
): Schedule {
  let stopped = false
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout

  function next(afterMs: number) {
    if (stopped) return
    timer = setTimeout(() => {
      running = run()
        .then(() => everyMs)
        .catch(error => {
          if (!stopped) log.warn({ err: error }, `${name} failed; it is tried again`)
          return Math.min(everyMs, retryMs)
        })
        .then(next)
    }, afterMs)
    timer.unref()
  }

  next(firstMs)
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      const patience = new Promise<void>(resolve => setTimeout(resolve, patienceMs).unref())
      await Promise.race([running, patience])
    },
  }
}
