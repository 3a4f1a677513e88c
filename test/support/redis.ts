import { Redis } from 'ioredis'
import { findRedisServer } from '../../server/embedded/redis-binaries.ts'
import { startRedisServer } from '../../server/embedded/redis-server.ts'
import { type RedisClusterControl, startRedisCluster } from './redis-cluster.ts'

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
  /** Thaws it, and starts it if it does not run. */
  heal(): Promise<void>
  stop(): Promise<void>
}

/** @throws {StartError} when there is no Redis to start */
export async function startRedis(): Promise<RedisControl> {
  let server = await startRedisServer()
  const { url } = server
  let running = true
  const kill = async () => {
    await server.stop()
    running = false
  }
  const restart = async () => {
    await kill()
    server = await startRedisServer({ url })
    running = true
  }
  const thaw = () => server.signal('SIGCONT')
  return {
    url,
    kill,
    restart,
    freeze: () => server.signal('SIGSTOP'),
    thaw,
    heal: async () => {
      thaw()
      if (!running) await restart()
    },
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
export const useRedis = (): (() => RedisControl) => useStarted(startRedis)

/** The same for a Redis Cluster. */
export const useRedisCluster = (): (() => RedisClusterControl) => useStarted(startRedisCluster)

function useStarted<T extends { stop(): Promise<void> }>(start: () => Promise<T>): () => T {
  let started: T | undefined
  beforeWith(async () => (started = await start()))
  after(() => started?.stop())
  return () => started!
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
