import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The number of requests of one connection that may wait for earlier answers; browsers never pipeline. */
const mostWaiting = 16

interface Connection {
  answering: boolean
  waiting: (() => void)[]
}

export type Serve = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Answers the requests of one connection one after another. Node starts work on all pipelined requests at once and
 * keeps every answer in memory until the client has read the earlier ones, so one connection that never reads could
 * hold thousands of answers and open files. While a request waits, nothing more is read from its connection; a
 * connection with more than {@link mostWaiting} waiting requests is closed.
 */
export function onePerConnection(serve: Serve): Serve {
  const connections = new WeakMap<Socket, Connection>()

  function begin(connection: Connection, req: IncomingMessage, res: ServerResponse) {
    connection.answering = true
    res.once('close', () => {
      connection.answering = false
      if (req.socket.destroyed) connection.waiting.length = 0
      const next = connection.waiting.shift()
      if (connection.waiting.length === 0) req.socket.resume()
      next?.()
    })
    serve(req, res)
  }

  return (req, res) => {
    const { socket } = req
    // The remaining requests that were read before the connection was closed.
    if (socket.destroyed) return
    const connection = connections.get(socket) ?? { answering: false, waiting: [] }
    connections.set(socket, connection)
    if (!connection.answering) return begin(connection, req, res)
    if (connection.waiting.length >= mostWaiting) return void socket.destroy()
    connection.waiting.push(() => begin(connection, req, res))
    socket.pause()
  }
}
