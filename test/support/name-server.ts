import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What a name server says of a name: its addresses, `null` when it does not exist, or nothing at all. */
export type Records = Record<string, readonly string[] | null | 'silent'>

const headerBytes = 12
const types = { A: 1, AAAA: 28 }

/** A real name server on UDP, for A and AAAA. */
export async function startNameServer(records: Records) {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, { port, address }) => {
    const { name, end } = nameIn(query)
    const type = query.readUInt16BE(end)
    const record = records[name] ?? null
    asked.push(name)
    if (record === 'silent') return
    const addresses = (record ?? []).filter(one => isIPv6(one) === (type === types.AAAA))
    const answers = addresses.map(one => {
      const data = Buffer.from(ipaddr.parse(one).toByteArray())
      const head = Buffer.alloc(headerBytes)
      head.writeUInt16BE(0xc000 | headerBytes, 0) // the name of the question
      head.writeUInt16BE(type, 2)
      head.writeUInt16BE(1, 4)
      head.writeUInt16BE(data.length, 10)
      return Buffer.concat([head, data])
    })
    const header = Buffer.from(query.subarray(0, headerBytes))
    header.writeUInt16BE(record ? 0x8180 : 0x8183, 2)
    header.writeUInt16BE(answers.length, 6)
    header.writeUInt32BE(0, 8)
    socket.send(Buffer.concat([header, query.subarray(headerBytes, end + 4), ...answers]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    /** The names that it was asked for, one for each query. */
    asked,
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** The name of the question, and where it ends. */
function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = headerBytes
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}
