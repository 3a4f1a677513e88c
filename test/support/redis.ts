import { Redis } from 'ioredis'
import { findRedisServer } from '../../server/embedded/redis-binaries.ts'
import { startRedisServer } from '../../server/embedded/redis-server.ts'

/** A Redis of its own, for fault tests. Its address stays the same. */
export interface RedisControl {
  url: string
  /** kill -9; resolves when it has ended. */
  kill(): Promise<void>
  /** Starts it at the same address, empty; kills it first if it still runs. */
  restart(): Promise<void>
  /** Keeps its connections open and answers nothing. */
  freeze(): void
  thaw(): void
  /** Closes the connections of all subscribers, as a fail-over does. @returns how many they were */
  clientKill(): Promise<number>
  stop(): Promise<void>
}

/** @throws {StartError} when there is no Redis to start */
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
 * A Redis for the tests of one file. Where there is none to start the tests are pending, and the screen says how to get
 * one; with CI or REQUIRE_REDIS=1 set that is a failure, because there nobody reads the screen.
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
    // The first time it may have to be downloaded.
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
