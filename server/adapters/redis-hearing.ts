import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

/** So long a word of ours may be on its way to ourselves. */
const patienceMs = 1_000

export interface Hearing {
  /** What the adapter has subscribed to, or tried to. */
  note(call: 'subscribe' | 'psubscribe', channels: readonly string[]): void
  /**
   * Says something on each of the channels and listens for it. Rejected when Redis does not answer; what Redis does not
   * let us say or hear comes back as a reason.
   */
  check(): Promise<string | null>
}

/**
 * Whether what instances say to each other arrives: a user of Redis may have the right to connect and none to channels,
 * and then a ping says nothing. What was refused is asked for again, for rights may be given later.
 *
 * What is said is a message of no type, on a channel of no room: all that hear it pass it over.
 */
export function createHearing(pub: Redis, sub: Redis): Hearing {
  const asked = { subscribe: new Set<string>(), psubscribe: new Set<string>() }
  const me = randomUUID()
  const waited = new Map<string, () => void>()
  const hear = (channel: Buffer | string, message: Buffer | string) => {
    // Almost everything that comes is not ours, and long.
    if (message.length < 100) waited.get(`${channel} ${message}`)?.()
  }
  sub.on('messageBuffer', hear)
  sub.on('pmessageBuffer', (_pattern: string, channel: Buffer, message: Buffer) => hear(channel, message))

  const channels = () => [...asked.subscribe, ...[...asked.psubscribe].map(pattern => pattern.replace(/\*$/, `${me}#`))]

  async function askAgain() {
    for (const call of ['subscribe', 'psubscribe'] as const)
      if (asked[call].size > 0) await sub[call](...asked[call]).catch(() => {})
  }

  return {
    note: (call, names) => names.forEach(name => asked[call].add(name)),
    async check() {
      const message = JSON.stringify({ health: randomUUID() })
      const keys = channels().map(channel => `${channel} ${message}`)
      const heard = Promise.all(keys.map(key => new Promise<void>(resolve => waited.set(key, resolve))))
      const timer = Promise.withResolvers<'silence'>()
      const timeout = setTimeout(() => timer.resolve('silence'), patienceMs)
      try {
        for (const channel of channels()) await pub.publish(channel, message)
        if ((await Promise.race([heard, timer.promise])) !== 'silence') return null
        await askAgain()
        return 'what is said on its channels is not heard'
      } catch (error) {
        if (!/NOPERM/.test((error as Error).message)) throw error
        return 'its user may not publish on its channels'
      } finally {
        clearTimeout(timeout)
        for (const key of keys) waited.delete(key)
      }
    },
  }
}
