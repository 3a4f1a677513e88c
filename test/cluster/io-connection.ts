import { io } from 'socket.io-client'
import { createEnding, type OpenConnection, Refused } from './connection.ts'

/** A connection by the usual client library, here without its automatic reconnection. */
export const openIoConnection: OpenConnection = async ({ url, auth, receive, withinMs = 5_000 }) => {
  const socket = io(url, {
    auth,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: withinMs,
    autoConnect: false,
  })
  const ending = createEnding()
  const welcome = Promise.withResolvers<void>()
  socket.on('connect', () => welcome.resolve())
  socket.on('connect_error', (error: Error & { data?: any }) => {
    welcome.reject(error.data?.error ? new Refused(error.data.error.code) : error)
  })
  socket.on('disconnect', () => ending.end())
  socket.onAny((name: string, payload: any) => {
    if (name === 'error') ending.announce(payload)
    receive(name, payload)
  })
  socket.connect()

  try {
    await ending.within(welcome.promise, withinMs, 'the handshake')
  } catch (error) {
    socket.disconnect()
    throw error
  }
  return {
    ended: ending.ended,
    get open() {
      return ending.open
    },
    call: (event, input, ms = 10_000) => ending.within(socket.timeout(ms).emitWithAck(event, input), ms, event),
    close: () => void socket.disconnect(),
    drop: () => (socket.io.engine.transport as unknown as { ws?: { terminate(): void } }).ws?.terminate(),
  }
}
