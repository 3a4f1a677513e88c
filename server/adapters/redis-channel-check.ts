import { randomUUID } from 'node:crypto'

/** How long a message may take back to its own sender. */
const patienceMs = 1_000

/** The reason while a connection is lost and not yet replaced. */
export const renewing = 'a connection to it is being renewed'

const calls = ['subscribe', 'psubscribe', 'ssubscribe'] as const
type Call = (typeof calls)[number]

/** What receives: a connection to Redis, or the subscriptions in a cluster, which know only `ssubscribe`. */
type Subscriber = {
  on(event: string, listener: (...args: never[]) => void): unknown
} & Partial<Record<Call, (...channels: string[]) => Promise<unknown>>>

export interface ChannelCheck {
  /** Notes the channels to which the adapter has subscribed or has tried to subscribe. */
  note(call: Call, channels: readonly string[]): void
  /**
   * Publishes a message on each channel and waits to receive it. Rejects when Redis does not answer. Resolves with a
   * reason when Redis does not permit publishing or subscribing.
   */
  check(): Promise<string | null>
}

/**
 * Checks whether messages between instances arrive. A Redis user may have the right to connect and no rights to
 * channels; then PING succeeds and proves nothing. Refused subscriptions are tried again, because rights may be granted
 * later.
 *
 * The test message has no type and its channel belongs to no room, so all receivers ignore it. The sharded adapter reads
 * `data` of whatever comes.
 *
 * @param isConnected whether the subscriber has a connection now
 */
export function createChannelCheck(
  sub: Subscriber,
  isConnected: () => boolean,
  publish: (channel: string, message: string) => Promise<unknown>,
): ChannelCheck {
  const asked: Record<Call, Set<string>> = { subscribe: new Set(), psubscribe: new Set(), ssubscribe: new Set() }
  const me = randomUUID()
  const waited = new Map<string, () => void>()
  const receive = (channel: Buffer | string, message: Buffer | string) => {
    // Nearly all messages are not test messages, and are longer.
    if (message.length < 100) waited.get(`${channel} ${message}`)?.()
  }
  sub.on('messageBuffer', receive)
  sub.on('smessageBuffer', receive)
  sub.on('pmessageBuffer', (_pattern: string, channel: Buffer, message: Buffer) => receive(channel, message))

  const channels = () => [
    ...asked.subscribe,
    ...[...asked.psubscribe].map(pattern => pattern.replace(/\*$/, `${me}#`)),
    ...asked.ssubscribe,
  ]

  async function askAgain() {
    for (const call of calls) if (asked[call].size > 0) await sub[call]?.(...asked[call]).catch(() => {})
  }

  return {
    note: (call, names) => names.forEach(name => asked[call].add(name)),
    async check() {
      const wasConnected = isConnected()
      const message = JSON.stringify({ health: randomUUID(), data: {} })
      const keys = channels().map(channel => `${channel} ${message}`)
      const received = Promise.all(keys.map(key => new Promise<void>(resolve => waited.set(key, resolve))))
      const timer = Promise.withResolvers<'silence'>()
      const timeout = setTimeout(() => timer.resolve('silence'), patienceMs)
      try {
        for (const channel of channels()) await publish(channel, message)
        if ((await Promise.race([received, timer.promise])) !== 'silence') return null
        if (!wasConnected || !isConnected()) return renewing
        await askAgain()
        return 'messages on its channels do not arrive'
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
