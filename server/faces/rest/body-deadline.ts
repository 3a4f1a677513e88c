import type { IncomingMessage } from 'node:http'

/**
 * The time within which the body of a request must arrive. Node's own limit is one for all requests, including uploads.
 */
const deadlineMs = 30_000
/** Longer for a form, which also waits for its turn before it is read. */
const formDeadlineMs = 60_000

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>()

/** Closes the connection of a request whose body does not arrive in time, whether or not the body is being read. */
export function limitBody(req: IncomingMessage): void {
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return
  const timer = setTimeout(() => req.destroy(), isForm(req) ? formDeadlineMs : deadlineMs).unref()
  deadlines.set(req, timer)
  req.once('close', () => clearTimeout(timer))
}

const isForm = (req: IncomingMessage) => req.headers['content-type']?.startsWith('multipart/') ?? false

/** For callers that watch the speed of the body themselves. */
export const liftLimit = (req: IncomingMessage): void => clearTimeout(deadlines.get(req))
