import type { Logger } from '../kernel/logger.ts'
import type { Shutdown } from './shutdown.ts'

/** What the outside does to this process, and what escapes from the inside. */
export function handleProcessEvents({ log, shutdown }: { log: Logger; shutdown: Shutdown }): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => shutdown.begin(0, `${signal}: stopping`))
  }
  process.on('unhandledRejection', reason => log.error({ err: reason }, 'unhandled rejection'))
  // The state is unknown from here on; the log and the database hold everything that was promised.
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'uncaught exception')
    shutdown.begin(1)
  })
  // Whoever read our output is gone (a closed terminal): no reason to fall over, and SIGHUP may be under way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
