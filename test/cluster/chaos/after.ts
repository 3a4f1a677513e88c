import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { ask } from '../account.ts'
import { createSession } from '../session.ts'
import type { Stage } from '../stage.ts'
import type { Crowd } from './world.ts'

/** A person at a killed instance leaves within 30 s; a person who came meanwhile is seen at once. */
const patienceMs = 40_000

/** Checks that every instance lists exactly the people in every room who are there. */
export async function judgePresence(stage: Stage, { all }: Crowd): Promise<string[]> {
  const live = new Map<string, Map<number, number>>()
  for (const { follower, person } of all) {
    for (const room of follower.rooms) {
      const people = live.get(room) ?? new Map<number, number>()
      const { id } = person.account.person
      live.set(room, people.set(id, (people.get(id) ?? 0) + 1))
    }
  }
  const session = createSession(await stage.admin.login(stage.instances[0]!), stage.instances)
  const judgeRoom = async (room: string) => {
    for (const instance of stage.instances) {
      const { token } = session
      const { status, body } = await ask(instance.url, 'GET', `/rooms/${room}/members`, { token })
      if (status === 401) await session.renew(token)
      assert.equal(status, 200)
      const members = body.results.map(({ user_id, connections }: any) => [user_id, connections])
      assert.deepEqual(new Map(members), live.get(room), `presence in ${room} at ${instance.name}`)
    }
  }
  const violations = await Promise.all(
    [...live.keys()].map(room =>
      eventually(() => judgeRoom(room), { within: patienceMs, every: 200 }).then(
        () => [],
        (error: Error) => [error.message.slice(0, 600)],
      ),
    ),
  )
  return violations.flat()
}

export const handlesOf = ({ instances }: Stage): number[] => instances.map(instance => instance.handles())

export const memoryOf = ({ instances }: Stage): number[] => instances.map(instance => Math.round(instance.memory()))
