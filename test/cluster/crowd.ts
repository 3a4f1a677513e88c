import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import type { Account } from './account.ts'
import { follow, type Follower } from './follower.ts'
import type { Instance } from './instance.ts'
import { openIoConnection } from './io-connection.ts'
import { compare, isClean, owedTo, readWholeLog, summary } from './oracle.ts'
import { openRawConnection } from './raw-connection.ts'
import { createSession } from './session.ts'
import { isAcknowledged, type Operation } from './settle.ts'
import type { Stage } from './stage.ts'

/** Changes to the next instance when the present one is gone. */
export function roaming(instances: Instance[], home: Instance): (lost: Instance | null) => Instance {
  let nth = instances.indexOf(home)
  return lost => instances[(lost ? ++nth : nth) % instances.length]!
}

/** Two clients at each instance, of both kinds, that change their instance when they must; resolves when all are live. */
export async function gather(stage: Stage, account: Account, rooms: string[]): Promise<Follower[]> {
  const followers = stage.instances.flatMap(home =>
    [openRawConnection, openIoConnection].map((open, nth) =>
      follow({
        name: `${home.name}${nth}`,
        session: createSession(account.at(home), stage.instances),
        open,
        rooms,
        bulk: nth === 1,
        choose: roaming(stage.instances, home),
      }),
    ),
  )
  await Promise.all(followers.map(follower => follower.settled()))
  return followers
}

/** Once everything has an offset: checks that each client received exactly what the log holds for it, and that every write is in it once. */
export async function proveExact(
  stage: Stage,
  followers: Follower[],
  operations: Operation[],
  readable: 'all' | ReadonlySet<number> = new Set(),
): Promise<void> {
  await eventually(async () => assert.deepEqual(await stage.query('select from outbox'), []), { within: 20_000 })
  const log = await readWholeLog(stage)
  const commands = Map.groupBy(log, row => row.mutation_id)
  for (const operation of operations) {
    assert.deepEqual(operation.oddities, [])
    const times = new Set(commands.get(operation.key)?.map(({ command }) => command)).size
    assert.equal(times, isAcknowledged(operation) ? 1 : 0, `effects of ${JSON.stringify(operation.attempts)}`)
  }
  await Promise.all(
    followers.map(async follower => {
      const owed = owedTo(follower, log, readable)
      assert.ok(owed.length > 0, 'nothing was proved')
      await eventually(() => assert.ok(isClean(compare(follower.got, owed))), { within: 20_000, every: 100 }).catch(
        () => assert.fail(`${follower.name}: ${summary(compare(follower.got, owed))}`),
      )
      assert.deepEqual(follower.oddities, [])
    }),
  )
}

export const disperse = (followers: Follower[]) => Promise.all(followers.map(follower => follower.stop()))
