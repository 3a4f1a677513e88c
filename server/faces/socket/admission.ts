import type { IncomingMessage, ServerResponse } from 'node:http'

/** Handshakes that are let in at once, and then for how long it is everybody else's turn. */
const atOnce = 20
const pauseMs = 20
/** More than this many do not wait here: they are told when to come again. */
const mostWaiting = 5_000
const retrySeconds = { least: 2, spread: 8 }

type Decide = (error: null, success: boolean) => void

/**
 * Lets handshakes in a few at a time, so that thousands of clients that come back at once (after a restart, say) do not
 * keep this process from answering anything else. Who waits has an open connection and nothing else.
 */
export function createAdmission(isAllowed: (req: IncomingMessage) => boolean) {
  const waiting: { req: IncomingMessage; decide: Decide }[] = []
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  function admitSome() {
    let left = atOnce
    while (left > 0 && waiting.length > 0) {
      const { req, decide } = waiting.shift()!
      if (req.socket.destroyed) continue
      decide(null, true)
      left--
    }
    timer = waiting.length > 0 || left < atOnce ? setTimeout(admitSome, pauseMs) : null
  }

  return {
    /** For Engine.IO's `allowRequest`: a strange origin is refused at once, everybody else in their turn. */
    allowRequest: (req: IncomingMessage, decide: Decide): void => {
      // Nobody else listens until it is let in: a line that is reset while it waits would end the process.
      req.socket.on('error', () => {})
      if (!isAllowed(req)) return decide(null, false)
      if (stopped || waiting.length >= mostWaiting) return turnAway(req)
      waiting.push({ req, decide })
      if (timer === null) admitSome()
    },
    /** Nobody is let in any more. */
    stop: () => {
      stopped = true
      if (timer) clearTimeout(timer)
      for (const { req } of waiting.splice(0)) turnAway(req)
    },
  }
}

/** Engine.IO itself could only say 400 or 403, and not when to come again. */
function turnAway(req: IncomingMessage) {
  const seconds = retrySeconds.least + Math.round(Math.random() * retrySeconds.spread)
  const { res } = req as { res?: ServerResponse | undefined }
  if (req.headers.upgrade === undefined && res) {
    res.writeHead(503, { 'retry-after': String(seconds) }).end()
  } else {
    const text = `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${seconds}\r\nConnection: close\r\n\r\n`
    req.socket.end(text, () => req.socket.destroy())
  }
}
