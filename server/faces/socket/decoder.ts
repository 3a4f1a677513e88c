import { Decoder } from 'socket.io-parser'
import { limits } from '../../../contract/index.ts'
import { judgeJson } from '../../kernel/json-scan.ts'

/** Shorter packets take no time to parse, whatever is in them. */
const scannedLength = 4 * 1024
const nameOfCall = /^\[\s*("(?:[^"\\]|\\.){0,200}")/
const tooDeep = `${'['.repeat(limits.jsonDepth + 1)}${']'.repeat(limits.jsonDepth + 1)}`

/** Socket.IO's decoder, which does not parse what would keep the event loop busy. An error closes the line. */
export class BoundedDecoder extends Decoder {
  override add(packet: unknown): void {
    super.add(typeof packet === 'string' && packet.length > scannedLength ? bounded(packet) : packet)
  }
}

/**
 * A packet as it may be parsed. Of one that is nested too deeply only the name, the field and the fault are left, so that
 * it is refused like a short one.
 */
function bounded(packet: string): string {
  const begin = packet.indexOf('[')
  if (begin === -1) return packet
  // The arguments stand in an array, and what is in the field of an object two levels below.
  const unfit = judgeJson(Buffer.from(packet.slice(begin)), '', 2)
  if (unfit === null) return packet
  const [, name] = nameOfCall.exec(packet.slice(begin, begin + 300)) ?? []
  if (unfit === 'broken' || unfit.fault === 'values' || !name) throw new Error('the packet may not be parsed')
  const input = unfit.field === '' ? tooDeep : `{${JSON.stringify(unfit.field)}:${tooDeep}}`
  return `${packet.slice(0, begin)}[${name},${input}]`
}
