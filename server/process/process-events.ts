import type { Logger } from '../kernel/logger.ts'
import type { Shutdown } from './shutdown.ts'

/** Handles signals, uncaught errors and closed output of this process. */
export function handleProcessEvents({ log, shutdown }: { log: Logger; shutdown: Shutdown }): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => shutdown.begin(0, `${signal}: stopping`))
  }
  process.on('unhandledRejection', reason => log.error({ err: reason }, 'unhandled rejection'))
  // The state is unknown after this; the log and the database hold everything that was promised.
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'uncaught exception')
    shutdown.begin(1)
  })
  // The reader of our output is gone (a closed terminal). That is no reason to end, and SIGHUP may be on its way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
