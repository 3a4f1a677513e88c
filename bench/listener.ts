import { connect } from 'node:net'

/**
 * A client that costs next to nothing, so that it is not what a bench measures: it speaks the Socket.IO protocol over a
 * bare TCP connection, finds where each frame ends, and parses none.
 */
export interface Listener {
  /** Resolves when it has joined its rooms, with the bytes of the answer. */
  joined: Promise<number>
  /** Makes a further call; one at a time. Resolves with the bytes of the answer. */
  call(name: string, input: object): Promise<number>
  close(): void
}

/** All listeners read into it; a frame is looked at before the next one is read. */
const shared = Buffer.alloc(256 * 1024)
const none = Buffer.alloc(0)

/** @param onEvent called with the text of each event, which is valid until the function returns */
export function listen(
  url: string,
  token: string,
  onEvent: (text: Buffer) => void,
  join: object = { room: 'tasks' },
): Listener {
  const joined = Promise.withResolvers<number>()
  joined.promise.catch(() => {})
  let answered = joined
  const reject = (error: Error) => answered.reject(error)
  const { hostname, port } = new URL(url)
  let [upgraded, rest] = [false, none]

  const onText = (text: Buffer) => {
    // 0 open, 2 ping, 40 connected, 430 the answer to the join or a call, 44 a refusal, 42 an event
    const [type, kind] = [text[0], text[1]]
    if (type === 0x34 && kind === 0x32) onEvent(text)
    else if (type === 0x32) tcp.write(masked('3'))
    else if (type === 0x30) tcp.write(masked(`40${JSON.stringify({ token })}`))
    else if (kind === 0x30) tcp.write(masked(`420${JSON.stringify(['join_room', join])}`))
    else if (kind === 0x33) answered.resolve(text.length)
    else if (kind === 0x34) reject(new Error(text.toString()))
  }
  const take = (bytes: number) => {
    const chunk = shared.subarray(0, bytes)
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    if (!upgraded) {
      const end = data.indexOf('\r\n\r\n')
      upgraded = end >= 0
      if (upgraded && !data.toString('latin1', 0, 12).endsWith('101'))
        reject(new Error(data.toString('latin1', 0, end)))
      if (upgraded) data = data.subarray(end + 4)
    }
    const end = upgraded ? takeFrames(data, onText) : 0
    rest = end < data.length ? Buffer.from(data.subarray(end)) : none
    return true
  }
  const tcp = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer: shared, callback: take } })
  tcp.on('error', reject)
  tcp.on('close', () => reject(new Error('closed')))
  tcp.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGFza3dpcmUtYmVuY2gwMQ==\r\n\r\n',
  )
  const call = (name: string, input: object) => {
    answered = Promise.withResolvers<number>()
    answered.promise.catch(() => {})
    tcp.write(masked(`420${JSON.stringify([name, input])}`))
    return answered.promise
  }
  return { joined: joined.promise, call, close: () => void tcp.destroy() }
}

/** Passes on the texts of the whole frames in `data`. @returns where the frame begins that has not come whole */
function takeFrames(data: Buffer, onText: (text: Buffer) => void): number {
  for (let at = 0; ;) {
    if (data.length < at + 2) return at
    const short = data[at + 1]!
    const head = short < 126 ? 2 : short === 126 ? 4 : 10
    if (data.length < at + head) return at
    const length = short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : data.readUInt32BE(at + 6)
    const end = at + head + length
    if (data.length < end) return at
    if (data[at] === 0x81) onText(data.subarray(at + head, end))
    at = end
  }
}

/** A text frame of a client. Its mask is zero, which leaves the text as it is. */
function masked(text: string): Buffer {
  const body = Buffer.from(text)
  const head = body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body])
}
