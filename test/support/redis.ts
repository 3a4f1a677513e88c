import { Redis } from 'ioredis'
import { findRedisServer } from '../../server/embedded/redis-binaries.ts'
import { startRedisServer } from '../../server/embedded/redis-server.ts'

/** A Redis of one's own, to be ill-treated. Its address stays the same whatever is done to it. */
export interface RedisControl {
  url: string
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** Comes back at the same address, empty; kills it first if it still runs. */
  restart(): Promise<void>
  /** It keeps its connections and answers nothing. */
  freeze(): void
  thaw(): void
  /** Cuts the connections of all who listen, as a fail-over does, and tells how many they were. */
  clientKill(): Promise<number>
  stop(): Promise<void>
}

/** @throws {StartError} when no Redis can be had */
export async function startRedis(): Promise<RedisControl> {
  let server = await startRedisServer()
  const { url } = server
  const kill = () => server.stop()
  return {
    url,
    kill,
    restart: async () => {
      await kill()
      server = await startRedisServer({ url })
    },
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    clientKill: async () => {
      const client = new Redis(url)
      try {
        return Number(await client.client('KILL', 'TYPE', 'PUBSUB'))
      } finally {
        client.disconnect()
      }
    },
    stop: kill,
  }
}

/**
 * A Redis for the tests of one file. Where none can be had they are pending, and say on the screen how to get one; with
 * CI or REQUIRE_REDIS=1 set that is a failure, because there nobody reads the screen.
 */
export function useRedis(): () => RedisControl {
  let redis: RedisControl | undefined
  beforeWith(async () => (redis = await startRedis()))
  after(() => redis?.stop())
  return () => redis!
}

/** The same for tests whose subject starts a Redis by itself. */
export function needRedis(): void {
  beforeWith(findRedisServer)
}

function beforeWith(attempt: () => Promise<unknown>): void {
  before(async function () {
    // The first time it may have to be fetched.
    this.timeout(120_000)
    try {
      await attempt()
    } catch (error) {
      if (process.env.CI || process.env.REQUIRE_REDIS === '1') throw error
      console.warn(`\n    NOT RUN: ${error instanceof Error ? error.message : String(error)}\n`)
      this.skip()
    }
  })
}
