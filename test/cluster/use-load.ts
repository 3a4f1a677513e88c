import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { disperse, gather, proveExact } from './crowd.ts'
import type { Follower } from './follower.ts'
import { type LoadOptions, startLoad } from './load.ts'
import { createSession } from './session.ts'
import type { Operation } from './settle.ts'
import type { Stage } from './stage.ts'

export interface Underwent {
  operations: Operation[]
  followers: Follower[]
}

/**
 * Runs a fault while clients listen at every instance and one person writes through all of them, and checks that every
 * write is settled in the end, and that each client received exactly what the log holds for it.
 */
export function useLoad(stage: () => Stage) {
  let writer: Account
  let followers: Follower[] = []
  before(async () => void (writer = await stage().user('writer')))
  afterEach(async () => {
    await stage().heal()
    await disperse(followers.splice(0))
  })

  return async (load: Partial<LoadOptions>, fault: (followers: Follower[]) => Promise<void>): Promise<Underwent> => {
    const { instances } = stage()
    followers = await gather(stage(), writer, ['tasks'])
    const session = createSession(writer.at(instances[0]!), instances)
    const { stop } = startLoad({ session, instances, perSecond: 50, ...load })
    await sleep(500)
    await fault(followers).catch(async error => {
      await stage().heal()
      await stop()
      throw error
    })
    const operations = await stop()
    await proveExact(stage(), followers, operations)
    return { operations, followers }
  }
}
