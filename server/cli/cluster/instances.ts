import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './instance.ts'
import { createSlot, type Slot } from './slot.ts'
import type { Upstream } from './upstream-pool.ts'

export interface InstancesDeps {
  count: number
  /** Starts the instance with this index, from 0. */
  launch: (nth: number) => Promise<{ instance: Instance; upstream: Upstream }>
  say: (text: string) => void
}

/** All instances of a cluster, each in a slot. */
export function createInstances({ count, launch, say }: InstancesDeps) {
  const slots = Array.from({ length: count }, (_, nth) =>
    createSlot({ name: `Instance ${nth + 1}`, launch: () => launch(nth), say }),
  )
  const upstreams = () => slots.flatMap(slot => slot.upstream ?? [])
  let rolling = false
  let stopped = false

  async function untilAllUp(isUp: (upstream: Upstream) => boolean): Promise<void> {
    while (!stopped && upstreams().filter(isUp).length < count) await sleep(50)
  }

  return {
    slots: slots as readonly Slot[],
    upstreams,
    /**
     * The first instance starts alone, because it migrates, builds the page, and prints the administrator's password if
     * it generated one.
     */
    start: async (): Promise<{ admin: string }> => {
      const [first, ...others] = slots
      const facts = await first!.start()
      await Promise.all(others.map(slot => slot.start()))
      return facts
    },
    untilAllUp,
    /**
     * Restarts the instances one after the other; each restart waits until all instances get traffic. A second call
     * meanwhile does nothing.
     */
    roll: async (isUp: (upstream: Upstream) => boolean): Promise<void> => {
      if (rolling) return
      rolling = true
      say('Restarting one after the other')
      for (const slot of slots) {
        await untilAllUp(isUp)
        if (!stopped) await slot.restart()
      }
      await untilAllUp(isUp)
      rolling = false
      if (!stopped) say('All have been restarted')
    },
    stop: async (): Promise<void> => {
      stopped = true
      await Promise.all(slots.map(slot => slot.stop()))
    },
  }
}
