import type { Logger } from '../kernel/logger.ts'

export interface Schedule {
  /** No further run begins; resolves when one that goes on has ended, or is left to its fate. */
  stop(): Promise<void>
}

/** A run may wait for somebody who does not answer. */
const patienceMs = 2_000
/** What failed is not left for hours. */
const retryMs = 60_000

/**
 * Runs something again and again, each time so many milliseconds after the last one ended, and sooner when that failed.
 * Every instance does it, so it must do no harm to be done by several at once, or to be broken off.
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
