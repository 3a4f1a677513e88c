import { setTimeout as sleep } from 'node:timers/promises'
import { attackers, type AttackerName } from '../../attackers/index.ts'
import { startAttacker } from '../../attackers/start.ts'
import type { Random } from '../../fuzz/random.ts'
import type { Stage } from '../stage.ts'

/** Shorter than a token lives: an attacker begins again with another token. */
const lastsMs = 12_000

/**
 * Runs this many attackers at a time, one kind after the other, each at a random instance. They continue through all
 * faults, and change nothing that the log would report.
 */
export async function startAttacks(stage: Stage, random: Random, atOnce: number) {
  const counts = new Map<AttackerName, number>()
  if (atOnce === 0) return { counts, stop: async () => {} }
  const account = await stage.user('mallory')
  let deck: AttackerName[] = []
  let stopped = false

  function draw(): AttackerName {
    if (deck.length === 0) deck = Object.keys(attackers) as AttackerName[]
    return deck.splice(random.below(deck.length), 1)[0]!
  }

  async function attackOnce() {
    const kind = draw()
    const instance = random.pick(stage.instances)
    const { token, email } = await account.login(instance)
    const attack = await startAttacker(kind, { url: instance.url, token, email })
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    for (let waited = 0; waited < lastsMs && !stopped; waited += 200) await sleep(200)
    await attack.stop()
  }

  const attacking = Array.from({ length: atOnce }, async () => {
    // An instance that is down or frozen accepts nobody: the next one may.
    while (!stopped) await attackOnce().catch(() => sleep(500))
  })
  return {
    counts,
    stop: async () => {
      stopped = true
      await Promise.all(attacking)
    },
  }
}
