import type { Peers } from '../../server/ports/peers.ts'

/** Instances in one process that send each other messages as through Redis: as JSON, later, and not at all when cut off. */
export function createHub() {
  const lines = new Set<{ cut: boolean; hear(topic: string, text: string): void }>()

  return {
    connect: () => {
      const listeners = new Map<string, (message: never) => void>()
      const line = {
        cut: false,
        hear: (topic: string, text: string) => listeners.get(topic)?.(JSON.parse(text) as never),
      }
      lines.add(line)
      const peers: Peers = {
        on: (topic, listener) => void listeners.set(topic, listener),
        send: (topic, message) => {
          const text = JSON.stringify(message)
          for (const other of lines) {
            if (other !== line && !line.cut && !other.cut) setImmediate(() => other.hear(topic, text))
          }
        },
      }
      return { peers, cut: () => void (line.cut = true), mend: () => void (line.cut = false) }
    },
  }
}
