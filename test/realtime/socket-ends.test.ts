import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io as connect, type Socket } from 'socket.io-client'
import type { LogEvent } from '../../server/events/index.ts'
import { createSocketFace, createSocketServer, type SocketDeps } from '../../server/faces/socket/index.ts'
import type { SocketServer } from '../../server/faces/socket/member.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noMetrics } from '../../server/ports/metrics.ts'

const person = { id: 7, role: 'member', is_active: true }
const known = { person, sessionId: 'the session', expiresAt: new Date(Date.now() + 600_000).toISOString() }

describe('the end of a session while its socket is let in', () => {
  let http: HttpServer
  let io: SocketServer
  let face: ReturnType<typeof createSocketFace>
  let client: Socket
  /** What the log brings. */
  let deliver: (events: LogEvent[]) => void
  /** Called when the door reads the session for the last time; what was read was right when the read began. */
  let lastRead: () => Promise<void>

  beforeEach(async () => {
    lastRead = async () => {}
    http = createServer()
    io = createSocketServer()
    face = createSocketFace({
      io,
      database: { reads: {} },
      handlers: { tasks: { update: async () => {} } },
      origins: [],
      headers: {},
      trustProxy: 0,
      adminAddresses: [],
      maxSocketsPerUser: 10,
      maxSocketsPerIp: 10,
      clustered: false,
      log: createLogger({ level: 'silent', pretty: false }),
      metrics: noMetrics,
      reader: {
        offset: 0,
        onBatch: (listener: typeof deliver) => void (deliver = listener),
        onNewEpoch: () => {},
      },
      countError: () => {},
      watchUnread: () => {},
      assertOpen: () => {},
      authenticate: async () => known,
      sessionAccess: async () => {
        await lastRead()
        return known
      },
    } as unknown as SocketDeps)
    face.attach(http)
    await once(http.listen(0, '127.0.0.1'), 'listening')
    client = connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      auth: { token: 'a token' },
      autoConnect: false,
      reconnection: false,
      transports: ['websocket'],
    })
  })
  afterEach(async () => {
    client.disconnect()
    await face.close()
    http.closeAllConnections()
    http.close()
  })

  const end = () =>
    deliver([
      {
        event: 'session_ended',
        scope: `user:${person.id}`,
        payload: { session_id: known.sessionId, user_id: person.id, reason: 'session_ended' },
        offset: 1,
      } as unknown as LogEvent,
    ])

  /** The first message of this name that the client gets. */
  const heard = (name: string) => new Promise<any>(resolve => client.once(name, resolve))

  it('[FN10] refuses the socket when the end comes while the session is read for the last time', async () => {
    lastRead = async () => end()
    client.connect()
    const { data } = await heard('connect_error')
    assert.equal(data.error.code, 'session_ended')
    assert.equal(face.connections, 0)
  })

  it('[FN10] ends the socket when the end comes after the last read and before it is connected', async () => {
    io.use((_, next) => {
      end()
      next()
    })
    client.connect()
    const left = heard('disconnect')
    const { error } = await heard('error')
    assert.equal(error.code, 'session_ended')
    await left
    assert.equal(face.connections, 0)
  })

  it('[FN10] leaves the socket open when nothing ends', async () => {
    client.connect()
    await heard('connect')
    assert.equal(face.connections, 1)
  })
})
