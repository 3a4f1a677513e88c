import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import type { Follower } from '../follower.ts'
import { createSession } from '../session.ts'
import { type Operation, settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import type { World } from './world.ts'

/** The time limit for a recovery; a silent connection is noticed within 15 s. */
const patienceMs = 45_000

/** Writes through one instance, and waits until the clients at all instances have received it. */
export async function createProbe(stage: Stage, { probe }: World, probes: Follower[]) {
  const session = createSession(await probe.person.account.login(stage.instances[0]!), stage.instances)
  const done: Operation[] = []
  let count = 0

  return {
    done,
    /** Milliseconds. @throws when it takes too long */
    measure: async (): Promise<number> => {
      const began = performance.now()
      const key = `probe ${++count}`
      const write = { method: 'POST', path: '/tasks', body: { title: key, project: probe.project } }
      const choose = () => stage.instances[count % stage.instances.length]!
      done.push(await settle({ session, key, write, choose, withinMs: 2_000 }))
      await eventually(
        () => {
          const deaf = probes.filter(({ got }) => !got.findLast(({ mutationId }) => mutationId === key))
          assert.deepEqual(
            deaf.map(({ name }) => name),
            [],
          )
        },
        { within: patienceMs, every: 5 },
      )
      return performance.now() - began
    },
  }
}
