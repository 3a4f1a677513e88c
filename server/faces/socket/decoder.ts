import { Decoder } from 'socket.io-parser'
import { limits } from '../../../contract/index.ts'
import { judgeJson } from '../../kernel/json-scan.ts'

/** Parsing a shorter packet takes no noticeable time, whatever its content. */
const scannedLength = 4 * 1024
const nameOfCall = /^\[\s*("(?:[^"\\]|\\.){0,200}")/
const tooDeep = `${'['.repeat(limits.jsonDepth + 1)}${']'.repeat(limits.jsonDepth + 1)}`

/**
 * Socket.IO's decoder, which refuses to parse packets that would block the event loop. An error closes the connection.
 */
export class BoundedDecoder extends Decoder {
  override add(packet: unknown): void {
    super.add(typeof packet === 'string' && packet.length > scannedLength ? bounded(packet) : packet)
  }
}

/**
 * A packet that may be parsed. Of a packet that is nested too deeply only the name, the field and the fault are kept,
 * so that it is refused like a short one.
 */
function bounded(packet: string): string {
  const begin = packet.indexOf('[')
  if (begin === -1) return packet
  // The arguments are elements of an array, so the value of a field in an object is two levels deeper.
  const unfit = judgeJson(Buffer.from(packet.slice(begin)), '', 2)
  if (unfit === null) return packet
  const [, name] = nameOfCall.exec(packet.slice(begin, begin + 300)) ?? []
  if (unfit === 'broken' || unfit.fault === 'values' || !name) throw new Error('the packet may not be parsed')
  const input = unfit.field === '' ? tooDeep : `{${JSON.stringify(unfit.field)}:${tooDeep}}`
  return `${packet.slice(0, begin)}[${name},${input}]`
}
