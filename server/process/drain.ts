import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a request that is being answered may go on. */
const patienceMs = 5_000

export interface Drain {
  /**
   * Stops the server. For `lingerMs` it still accepts requests, because clients and proxies may not know yet that this
   * instance is stopping, answers them, and announces that the connection closes. After that it accepts nothing, closes
   * connections without a request, and finishes the answers in progress. Resolves when all connections are closed.
   */
  (lingerMs: number): Promise<void>
}

/** `close` of an HTTP server waits for every connection, and Node counts one that has never sent anything as busy. */
export function createDrain(http: Server): Drain {
  /** Connections without a request: those that have sent nothing yet, and those that may send another request. */
  const quiet = new Set<Socket>()
  const upgraded = new Set<Socket>()
  const answering = new Set<ServerResponse>()
  let draining = false
  let lingered = false

  http.on('connection', socket => {
    quiet.add(socket)
    socket.once('close', () => quiet.delete(socket))
  })
  // Before the application's listener, which answers.
  http.prependListener('request', ({ socket }, response) => {
    quiet.delete(socket)
    if (draining) response.shouldKeepAlive = false
    answering.add(response)
    response.once('close', () => {
      answering.delete(response)
      // A client that was not told that the connection closes may have sent its next request already.
      if (lingered || (draining && !response.shouldKeepAlive)) socket.end()
      else quiet.add(socket)
    })
  })
  http.on('upgrade', ({ socket }) => {
    quiet.delete(socket)
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
  })

  return async lingerMs => {
    draining = true
    for (const response of answering) if (!response.headersSent) response.shouldKeepAlive = false
    if (lingerMs > 0) await sleep(lingerMs)
    lingered = true
    // Not `http.close`, which would close idle connections in its own way.
    const closed = new Promise<void>(resolve => NetServer.prototype.close.call(http, () => resolve()))
    for (const socket of quiet) socket.destroy()
    setTimeout(() => {
      http.closeAllConnections()
      // A client that does not answer a close frame is no longer there.
      for (const socket of upgraded) socket.destroy()
    }, patienceMs).unref()
    await closed
  }
}
