import type { IncomingMessage } from 'node:http'

/** Until then the body of a request has to be here; Node's own limit is one for all requests, uploads too. */
const deadlineMs = 30_000
/** A form waits for its turn, too, before anybody reads it. */
const formDeadlineMs = 60_000

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>()

/** Closes the connection of a request whose body does not come, whether anybody reads it or not. */
export function limitBody(req: IncomingMessage): void {
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return
  const timer = setTimeout(() => req.destroy(), isForm(req) ? formDeadlineMs : deadlineMs).unref()
  deadlines.set(req, timer)
  req.once('close', () => clearTimeout(timer))
}

const isForm = (req: IncomingMessage) => req.headers['content-type']?.startsWith('multipart/') ?? false

/** For who watches the pace of the body instead. */
export const liftLimit = (req: IncomingMessage): void => clearTimeout(deadlines.get(req))
