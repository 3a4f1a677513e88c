import type { ServerResponse } from 'node:http'
import type { ClientConnection } from './connections.ts'

/** Shorter payloads are not worth looking up. */
const sharedLength = 64 * 1024
const mostKept = 4
const keptMs = 2_000

export interface Packet {
  type: string
  data?: string | Buffer
}

/** Private to Engine.IO (only for TypeScript). */
interface Parser {
  encodePayload(packets: Packet[], done: (text: string) => void): void
}
interface TransportInside {
  name: string
  parser: Parser
}

interface Payload {
  packets: Packet[]
  text: string
  bytes: Buffer
}

/**
 * Joins and encodes payloads that many polling sessions get only once for all of them. Socket.IO itself shares them for
 * WebSockets only; each polling session would have its own copies of a large answer.
 */
export function createSharedPayloads() {
  let kept: Payload[] = []
  let forgetting: NodeJS.Timeout | undefined

  function keep(payload: Payload) {
    kept = [payload, ...kept.slice(0, mostKept - 1)]
    clearTimeout(forgetting)
    forgetting = setTimeout(() => (kept = []), keptMs).unref()
  }

  function encode(parser: Parser, packets: Packet[], done: (text: string) => void) {
    if (lengthOf(packets) < sharedLength) return parser.encodePayload(packets, done)
    const known = kept.find(one => isEqual(one.packets, packets))
    if (known) return done(known.text)
    parser.encodePayload(packets, text => {
      keep({ packets: packets.map(({ type, data }) => ({ type, data: data! })), text, bytes: Buffer.from(text) })
      done(text)
    })
  }

  return {
    /** Shares the payloads of a polling connection. */
    encodeFor: (connection: ClientConnection): void => {
      const transport = connection.transport as unknown as TransportInside
      if (transport.name !== 'polling') return
      const { parser } = transport
      transport.parser = { ...parser, encodePayload: (packets, done) => encode(parser, packets, done) }
    },
    /** Shares the bytes of an answer that Engine.IO ends with such a payload. */
    sendBy: (res: ServerResponse): void => {
      const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse
      const bytesOf = (chunk: unknown) => kept.find(({ text }) => text === chunk)?.bytes
      res.end = (chunk?: unknown, ...rest: unknown[]) => end(bytesOf(chunk) ?? chunk, ...rest)
    },
  }
}

const lengthOf = (packets: Packet[]) => packets.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)

const isEqual = (some: Packet[], others: Packet[]) =>
  some.length === others.length &&
  some.every(({ type, data }, nth) => type === others[nth]!.type && data === others[nth]!.data)
