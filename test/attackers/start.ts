import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AttackerName, Target } from './index.ts'

export interface StartedAttack {
  /** How much of the attack the server has accepted so far. */
  accepted(): Promise<number>
  stop(): Promise<void>
}

/** An attack on an instance that is frozen, or dies meanwhile, may never begin. */
const beginsWithinMs = 30_000

/** Begins an attack in a process of its own. */
export async function startAttacker(name: AttackerName, target: Target): Promise<StartedAttack> {
  const file = fileURLToPath(new URL('process.ts', import.meta.url))
  const child = fork(file, [name, JSON.stringify(target)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  // It may end while something is sent to it.
  child.on('error', () => {})
  const never = setTimeout(() => child.kill('SIGKILL'), beginsWithinMs)
  await Promise.race([once(child, 'message'), ended])
  clearTimeout(never)
  return {
    accepted: async () => {
      child.send('report')
      const over = ended.then(() => {
        throw new Error(`the attacker ${name} has ended`)
      })
      return Number((await Promise.race([once(child, 'message'), over]))[0])
    },
    stop: async () => {
      if (child.connected) child.send('stop')
      // A failure in the middle of something no longer counts.
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(late)
    },
  }
}
