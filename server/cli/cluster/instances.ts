import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './instance.ts'
import { createSlot, type Slot } from './slot.ts'
import type { Upstream } from './upstream-pool.ts'

export interface InstancesDeps {
  count: number
  /** Starts the instance that is the nth, from 0. */
  launch: (nth: number) => Promise<{ instance: Instance; upstream: Upstream }>
  say: (text: string) => void
}

/** All instances of a cluster, each with a slot of its own. */
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
    /** The first one alone, because it migrates, builds the page, and tells the admin's password if it made one up. */
    start: async (): Promise<{ admin: string }> => {
      const [first, ...others] = slots
      const facts = await first!.start()
      await Promise.all(others.map(slot => slot.start()))
      return facts
    },
    untilAllUp,
    /** Restarts one after the other, and the next one only while all get traffic. A second call meanwhile does nothing. */
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
