import { setTimeout as sleep } from 'node:timers/promises'
import { startRedisServer } from '../../embedded/redis-server.ts'

export interface KeptRedis {
  url: string
  port: number
  pid: number
  version: string
  stop(): Promise<void>
}

const retryMs = 1_000

/**
 * A Redis that is restarted on its URL when it has ended. Losing its data does no harm, because it carries hints only.
 */
export async function keepRedis(say: (text: string) => void): Promise<KeptRedis> {
  let server = await startRedisServer()
  let stopping = false
  const { url, port, pid, version } = server

  async function comeBack(): Promise<void> {
    while (!stopping) {
      try {
        server = await startRedisServer({ url })
        say(`Redis is back: port ${port}, pid ${server.pid}`)
        return
      } catch (error) {
        say(`Redis does not start: ${(error as Error).message}`)
        await sleep(retryMs)
      }
    }
  }

  async function keep(): Promise<void> {
    while (!stopping) {
      await server.ended
      if (stopping) return
      say('Redis has ended: starting it again')
      await comeBack()
    }
    // It was restarted while it was being stopped.
    await server.stop()
  }
  const over = keep()

  return {
    url,
    port,
    pid,
    version,
    stop: async () => {
      stopping = true
      await server.stop()
      await over
    },
  }
}
