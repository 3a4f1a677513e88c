import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fuzz/random.ts'
import type { Crowd } from './world.ts'

/**
 * What clients do by themselves meanwhile: they leave, for a moment or for long, with or without a disconnect; some
 * renew their token in time; the connections of some become slow.
 */
export function startLives({ all, probes, slow }: Crowd, random: Random, longMs: number) {
  const clients = all.map(({ follower }) => follower).filter(follower => !probes.includes(follower))
  const away = new Map<(typeof clients)[0], number>()
  let stopped = false

  const living = (async () => {
    while (!stopped) {
      await sleep(200 + random.below(600))
      for (const [follower, until] of away) {
        if (performance.now() < until) continue
        away.delete(follower)
        follower.comeBack()
      }
      const follower = random.pick(clients)
      const proxy = random.pick(slow)
      const what = random.below(10)
      if (what < 3 && !away.has(follower)) {
        follower.goAway(random.chance(0.5))
        away.set(follower, performance.now() + (random.chance(0.2) ? longMs : random.below(3_000)))
      } else if (what < 6) await renew(follower).catch(() => {})
      else if (what < 7) proxy.throttle(random.pick([null, 2_000, 20_000]))
      else if (what < 8) proxy.pause()
      else proxy.resume()
    }
  })()

  async function renew({ session, connection, permissions }: (typeof clients)[0]) {
    if (permissions) return
    await session.renew(session.token)
    await connection?.call('authenticate', { token: session.token }, 2_000)
  }

  return {
    /** Brings all clients back, and restores every connection. */
    stop: async () => {
      stopped = true
      await living
      for (const proxy of slow) {
        proxy.throttle(null)
        proxy.resume()
      }
      for (const follower of clients) follower.comeBack()
    },
  }
}
