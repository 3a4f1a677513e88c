import type { LogEvent } from '../../events/index.ts'
import type { createLogLimit } from '../../kernel/log-limit.ts'
import type { Logger } from '../../kernel/logger.ts'
import { messagesOf } from './bulk.ts'
import type { createBroadcaster } from './broadcaster.ts'
import type { createFences } from './fences.ts'

/** Sends a piece of the log to the sockets. A failing event must not keep the rest of a batch from being sent. */
export function createDelivery(deps: {
  broadcast: ReturnType<typeof createBroadcaster>
  fence: ReturnType<typeof createFences>
  limitLog: ReturnType<typeof createLogLimit>
  log: Logger
}): (events: LogEvent[]) => void {
  const { broadcast, fence, limitLog, log } = deps
  return events => {
    for (const one of messagesOf(events)) {
      try {
        broadcast(one)
        if (one.kind === 'single') fence(one.event)
      } catch (error) {
        limitLog('broadcast', leftOut =>
          log.error({ err: error, left_out: leftOut }, 'an event could not be broadcast'),
        )
      }
    }
  }
}
