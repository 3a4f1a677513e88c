import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** For so long may a request that is being answered go on. */
const patienceMs = 5_000

/**
 * Closing an HTTP server waits for every connection, and Node counts one that has never sent anything (browsers open
 * such ahead of need) as busy. Those without a request go at once, the others when they are answered, or in the end.
 */
export function createDrain(http: Server): () => void {
  const quiet = new Set<Socket>()
  let draining = false

  http.on('connection', socket => {
    quiet.add(socket)
    socket.once('close', () => quiet.delete(socket))
  })
  http.on('request', ({ socket }, response) => {
    quiet.delete(socket)
    response.once('close', () => (draining ? socket.end() : quiet.add(socket)))
  })
  http.on('upgrade', ({ socket }) => quiet.delete(socket))

  return () => {
    draining = true
    for (const socket of quiet) socket.destroy()
    setTimeout(() => http.closeAllConnections(), patienceMs).unref()
  }
}
