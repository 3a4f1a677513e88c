import { drained, isClogged, keepAlive } from './backpressure.ts'
import type { Socket } from 'node:net'
import type { MemberSocket } from './member.ts'

type ClientConnection = MemberSocket['conn']

/** The WebSocket of ws inside Engine.IO. A polling transport has none; its requests wait in poll-turns.ts instead. */
const webSocketOf = (connection: ClientConnection) =>
  (connection.transport as unknown as { socket?: WebSocketInside } | null)?.socket
interface WebSocketInside {
  pause(): void
  resume(): void
  ['_socket']?: Socket | null
}

interface Hold {
  reasons: number
  released: Promise<void>
  end: () => void
}

/**
 * Reads from a connection no faster than its client takes answers. While a connection is held nothing is read, so TCP
 * slows the client down, and packets that were read already wait.
 */
export function createIntake() {
  const holds = new Map<ClientConnection, Hold>()

  function begin(connection: ClientConnection): Hold {
    const { promise, resolve } = Promise.withResolvers<void>()
    // An upgrade from polling brings a WebSocket that is not paused.
    const pause = () => webSocketOf(connection)?.pause()
    const end = () => {
      holds.delete(connection)
      // Its answer to a ping may be among the data that is read only now.
      keepAlive(connection)
      connection.off('upgrade', pause)
      connection.off('close', end)
      if (connection.readyState !== 'closed') webSocketOf(connection)?.resume()
      // The client goes on sending, and nothing of that is read, not even its close frame. So our side of the
      // connection is ended.
      else webSocketOf(connection)?.['_socket']?.end()
      resolve()
    }
    const one = { reasons: 0, released: promise, end }
    holds.set(connection, one)
    connection.on('upgrade', pause)
    connection.once('close', end)
    pause()
    return one
  }

  /**
   * Reads nothing from a connection until `until` settles or the connection closes. A connection may be held for
   * several reasons at once.
   */
  async function hold(connection: ClientConnection, until: Promise<unknown>) {
    if (connection.readyState === 'closed') return
    const one = holds.get(connection) ?? begin(connection)
    one.reasons++
    await Promise.race([until.catch(() => {}), one.released])
    if (--one.reasons === 0 && holds.get(connection) === one) one.end()
  }

  const clogged = new WeakSet<ClientConnection>()
  const watched = new WeakSet<ClientConnection>()

  return {
    hold,
    /** Holds a connection that sends calls while too much waits for it. Closes it when it takes nothing. */
    relieve: (connection: ClientConnection): void => {
      if (clogged.has(connection) || !isClogged(connection)) return
      clogged.add(connection)
      void hold(
        connection,
        drained(connection).finally(() => clogged.delete(connection)),
      )
    },
    /** Closes a connection for which too much waits and which takes nothing, whatever waits for it. */
    watch: (connection: ClientConnection): void => {
      if (watched.has(connection) || !isClogged(connection)) return
      watched.add(connection)
      void drained(connection).finally(() => watched.delete(connection))
    },
    /** Resolves when the connection is not held. */
    released: (connection: ClientConnection): Promise<void> | undefined => holds.get(connection)?.released,
  }
}

export type Intake = ReturnType<typeof createIntake>
