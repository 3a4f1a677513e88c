import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../kernel/logger.ts'
import type { Peers } from '../ports/peers.ts'
import { connectionTo } from './database-connection.ts'

export interface PostgresPeers extends Peers {
  start(): void
  stop(): Promise<void>
}

/** The topics of the event log. Others would cost PostgreSQL a statement each, and need Redis. */
const carried = new Set(['wake', 'log'])
const channel = 'taskwire'
/** Between two tries to connect. */
const retryMs = 1_000

/**
 * Messages to the other instances by LISTEN and NOTIFY of PostgreSQL, for installations without Redis. They are sent by
 * statements of their own and never in the transaction of a change, because a NOTIFY there would make commits wait for
 * one another. Of each topic only the newest message is sent when several wait.
 */
export function createPostgresPeers(url: string, log: Logger): PostgresPeers {
  const listeners = new Map<string, (message: never) => void>()
  const waiting = new Map<string, unknown>()
  const stopping = new AbortController()
  let connected: pg.Client | null = null
  let sending = false
  let running: Promise<void> = Promise.resolve()

  async function sendWaiting(client: pg.Client) {
    if (sending) return
    sending = true
    try {
      while (waiting.size > 0 && connected === client) {
        const texts = [...waiting].map(pair => JSON.stringify(pair))
        waiting.clear()
        await client.query('select pg_notify($1, text) from unnest($2::text[]) as text', [channel, texts])
      }
    } catch (error) {
      log.debug({ err: error }, 'other instances could not be notified')
    } finally {
      sending = false
    }
  }

  function receive(text: string) {
    try {
      const [topic, message] = JSON.parse(text) as [string, never]
      listeners.get(topic)?.(message)
    } catch (error) {
      log.error({ err: error }, 'a message of another instance could not be processed')
    }
  }

  async function connect() {
    const client = new pg.Client(connectionTo(url))
    const ended = new Promise<void>(resolve => client.once('end', resolve))
    client.on('error', error => log.debug({ err: error }, 'notices of other instances are interrupted'))
    await client.connect()
    const [{ pid }] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [{ pid: number }]
    client.on('notification', ({ processId, payload }) => processId !== pid && payload && receive(payload))
    await client.query(`listen ${channel}`)
    connected = client
    const end = () => void client.end().catch(() => {})
    stopping.signal.addEventListener('abort', end)
    if (stopping.signal.aborted) end()
    void sendWaiting(client)
    await ended
    stopping.signal.removeEventListener('abort', end)
  }

  async function run() {
    while (!stopping.signal.aborted) {
      await connect().catch(error => log.debug({ err: error }, 'notices of other instances cannot be received'))
      connected = null
      await sleep(retryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }

  return {
    sendsPositions: true,
    send: (topic, message) => {
      if (!carried.has(topic)) return
      waiting.set(topic, message)
      if (connected) void sendWaiting(connected)
    },
    on: (topic, listener) => void listeners.set(topic, listener),
    start: () => void (running = run()),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
