import type { IncomingMessage } from 'node:http'

/** A body that has not come by then is given up. */
const patienceMs = 10_000
/** Calls of a person at once, and some: Engine.IO makes each packet of a body before anybody looks at the first. */
const mostPackets = 600
const separator = '\u001e'

/**
 * Watches the body of a POST while Engine.IO collects it, from before its first byte. Calls `owe` with bytes that came,
 * and `refuse` once when there is more in it than a client sends at once; that must keep it from being decoded.
 */
export function watchBody(req: IncomingMessage, owe: (bytes: number) => void, refuse: () => void): void {
  const timer = setTimeout(() => req.destroy(), patienceMs)
  for (const end of ['end', 'close']) req.once(end, () => clearTimeout(timer))
  let packets = 1
  const count = (chunk: string | Buffer) => {
    owe(Buffer.byteLength(chunk))
    for (let at = chunk.indexOf(separator); at !== -1; at = chunk.indexOf(separator, at + 1)) packets++
    if (packets <= mostPackets) return
    req.off('data', count)
    refuse()
  }
  req.on('data', count)
}
