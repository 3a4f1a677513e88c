import type { Logger } from './kernel/logger.ts'

export interface Schedule {
  /** No further run begins; resolves when one that goes on has ended. */
  stop(): Promise<void>
}

/**
 * Runs something again and again, each time so many milliseconds after the last one ended. Every instance does it, so it
 * must do no harm to be done by several at once.
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
        .catch(error => log.warn({ err: error }, `${name} failed; it is tried again`))
        .finally(() => next(everyMs))
    }, afterMs)
    timer.unref()
  }

  next(firstMs)
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
