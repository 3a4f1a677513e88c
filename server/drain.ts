import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** For so long may a request that is being answered go on. */
const patienceMs = 5_000

export interface Drain {
  /**
   * Stops accepting. What is being answered is finished, and its connection then closed. Connections without a request
   * are kept for `lingerMs`, because one may be on its way: that too is answered, and told that the connection closes.
   * Resolves when all connections are gone.
   */
  (lingerMs: number): Promise<void>
}

/**
 * Closing an HTTP server waits for every connection, and Node counts one that has never sent anything (browsers open
 * such ahead of need) as busy: those go at once.
 */
export function createDrain(http: Server): Drain {
  const fresh = new Set<Socket>()
  const idle = new Set<Socket>()
  let draining = false

  http.on('connection', socket => {
    fresh.add(socket)
    socket.once('close', () => {
      fresh.delete(socket)
      idle.delete(socket)
    })
  })
  // Before the application, which answers.
  http.prependListener('request', (request, response) => {
    const { socket } = request
    fresh.delete(socket)
    idle.delete(socket)
    if (draining) response.shouldKeepAlive = false
    response.once('close', () => (draining ? socket.end() : idle.add(socket)))
  })
  http.on('upgrade', ({ socket }) => {
    fresh.delete(socket)
    idle.delete(socket)
  })

  return async lingerMs => {
    draining = true
    // Not `http.close`, which would also close idle connections, on which a request may be coming.
    const closed = new Promise<void>(resolve => NetServer.prototype.close.call(http, () => resolve()))
    for (const socket of fresh) socket.destroy()
    const closeIdle = () => idle.forEach(socket => socket.destroy())
    if (lingerMs === 0) closeIdle()
    else setTimeout(closeIdle, lingerMs).unref()
    setTimeout(() => http.closeAllConnections(), patienceMs).unref()
    await closed
  }
}
