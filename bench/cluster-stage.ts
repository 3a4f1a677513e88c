import WebSocket from 'ws'
import { migrate } from '../server/adapters/database-migration.ts'
import { startRedisServer } from '../server/embedded/redis-server.ts'
import { send } from './load.ts'
import { log, type Running, type Stage } from './stage.ts'

export interface Cluster {
  instances: Running[]
  token: string
  stop(): Promise<void>
}

const password = 'correct horse 9'

/** Starts instances on one database, connected by Redis, or not connected when `redisUrl` is null. */
export async function startInstances(stage: Stage, count: number, redisUrl: string | null): Promise<Cluster> {
  const env = {
    DATABASE_URL: stage.databaseUrl('taskwire'),
    ACCESS_TOKEN_TTL: '86400',
    MAX_SOCKETS_PER_USER: '10000',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: password,
    ...(redisUrl && { REDIS_URL: redisUrl }),
  }
  const instances: Running[] = []
  for (let nth = 0; nth < count; nth++) instances.push(await stage.run('server/main.ts', env))
  const body = JSON.stringify({ email: 'admin@example.com', password })
  const { access_token: token } = JSON.parse(
    await send(instances[0]!.url, '', { method: 'POST', path: '/auth/login', body }),
  )
  return { instances, token, stop: async () => void (await Promise.all(instances.map(one => one.stop()))) }
}

/** Creates the schema; the database exists already. */
export const emptyDatabase = (stage: Stage): Promise<string> =>
  migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)

export const startBenchRedis = startRedisServer

/**
 * A client that costs next to nothing: it speaks the Socket.IO protocol directly, counts every frame and parses none.
 */
export interface Listener {
  /** Resolves when it has joined its rooms. */
  joined: Promise<void>
  close(): void
}

export function listen(
  url: string,
  token: string,
  onEvent: (frame: Buffer) => void,
  join: object = { room: 'tasks' },
): Listener {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {})
  ws.on('message', (frame: Buffer) => {
    // 0 open, 2 ping, 40 connected, 430 the answer to the join, 42 an event
    const [type, kind] = [frame[0], frame[1]]
    if (type === 0x32) ws.send('3')
    else if (type === 0x30) ws.send(`40${JSON.stringify({ token })}`)
    else if (kind === 0x30) ws.send(`420${JSON.stringify(['join_room', join])}`)
    else if (kind === 0x33) resolve()
    else if (kind === 0x34) reject(new Error(frame.toString()))
    else if (kind === 0x32) onEvent(frame)
  })
  ws.on('error', reject)
  ws.on('close', () => reject(new Error('closed')))
  return { joined: promise, close: () => ws.terminate() }
}
