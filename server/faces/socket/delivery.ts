import type { LogEvent } from '../../events/index.ts'
import type { createLogLimit } from '../../kernel/log-limit.ts'
import type { Logger } from '../../kernel/logger.ts'
import { messagesOf } from './bulk.ts'
import type { createBroadcaster } from './broadcaster.ts'
import type { createFences } from './fences.ts'

/** Sends a piece of the log to the sockets. A failing event must not keep the rest of a batch from being sent. */
export function createDelivery(deps: {
  broadcaster: ReturnType<typeof createBroadcaster>
  fenceOf: ReturnType<typeof createFences>
  limitLog: ReturnType<typeof createLogLimit>
  log: Logger
}): (events: LogEvent[]) => void {
  const { broadcaster, fenceOf, limitLog, log } = deps
  function attempt(work: () => void) {
    try {
      work()
    } catch (error) {
      limitLog('broadcast', leftOut => log.error({ err: error, left_out: leftOut }, 'an event could not be broadcast'))
    }
  }
  return events => {
    for (const one of messagesOf(events))
      attempt(() => {
        broadcaster.send(one)
        const fence = one.kind === 'single' ? fenceOf(one.event) : undefined
        if (one.kind !== 'single' || !fence) return
        // What was before the fence is sent under the rights of before.
        broadcaster.flush()
        fence(one.event)
      })
    attempt(broadcaster.flush)
  }
}
