import type { IncomingMessage } from 'node:http'

/** A body that has not arrived within this time is aborted. */
const patienceMs = 10_000
/**
 * The most packets of a body: some more than the calls that a person may send at once. Engine.IO decodes every packet
 * of a body before any check of the first one.
 */
const mostPackets = 600
const separator = '\u001e'

/**
 * Watches the body of a POST while Engine.IO collects it, from its first byte on. Calls `owe` with the bytes that
 * arrive, and `refuse` once when the body has more packets than a client sends at once; `refuse` must prevent that it
 * is decoded.
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
