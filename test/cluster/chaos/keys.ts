import { setTimeout as sleep } from 'node:timers/promises'
import { permissions } from '../../../contract/index.ts'
import type { Random } from '../../fuzz/random.ts'
import { expect } from '../../support/server.ts'
import { type Account, ask } from '../account.ts'
import { roaming } from '../crowd.ts'
import { follow, type FollowerKey } from '../follower.ts'
import type { Instance } from '../instance.ts'
import { openRawConnection } from '../raw-connection.ts'
import { createSession } from '../session.ts'
import type { Stage } from '../stage.ts'
import type { World } from './world.ts'

/** What programs may read: everything, or tasks and projects without what is in them otherwise. */
const reading = {
  all: permissions.filter(permission => permission.endsWith(':read') && permission !== 'metrics:read'),
  some: ['tasks:read', 'projects:read', 'notifications:read'],
}

/** A new API key of a person. */
export async function makeKey(
  account: Account,
  instance: Instance,
  what: keyof typeof reading,
): Promise<FollowerKey & { id: number }> {
  const body = { name: 'chaos', permissions: reading[what] }
  const visitor = await account.login(instance)
  const { key, id } = (await expect(visitor.rest('POST', '/api-keys', body), 201)).body
  return { id, key, permissions: new Set(body.permissions) }
}

/** A client whose API key is revoked in the middle of everything. */
export async function startEndingKey(stage: Stage, { people }: World, random: Random, lastsMs: number) {
  const { instances } = stage
  const { account } = people[0]!
  const home = random.pick(instances)
  const session = createSession(await account.login(home), instances)
  const { id, ...apiKey } = await makeKey(account, home, 'all')
  const follower = follow({
    name: 'the client whose key is revoked',
    session,
    apiKey,
    open: openRawConnection,
    rooms: ['tasks', 'projects'],
    choose: roaming(instances, home),
  })
  await follower.settled(30_000)
  const ended = new AbortController()
  const revoked = (async () => {
    await sleep(lastsMs / 2, undefined, { signal: ended.signal }).catch(() => {})
    for (let nth = 0; ; nth++) {
      const { token } = session
      const { url } = instances[nth % instances.length]!
      const answer = await ask(url, 'DELETE', `/api-keys/${id}`, { token, withinMs: 3_000 }).catch(() => null)
      if (answer?.status === 204) return
      if (answer?.status === 401) await session.renew(token)
      await sleep(100)
    }
  })()

  return {
    /** What is wrong: an event that came after the end of the key, or a client that still lives. */
    judge: async (): Promise<string[]> => {
      ended.abort()
      await revoked
      const [fence] = await stage.query<{ offset: number }>(
        `select "offset"::float8 as "offset" from event_log
         where event = 'api_key_changed' and (payload ->> 'api_key_id')::bigint = ${id}`,
      )
      for (let nth = 0; nth < 300 && !follower.isOver; nth++) await sleep(100)
      const wrong = follower.isOver ? [] : [`${follower.name} still lives`]
      const beyond = follower.got.filter(({ offset }) => !fence || offset > fence.offset)
      if (beyond.length > 0)
        wrong.push(`${follower.name} got ${beyond.length} events after ${fence?.offset}: ${beyond[0]!.offset}`)
      if (follower.got.length === 0) wrong.push(`${follower.name} got nothing, so nothing is proved`)
      await follower.stop()
      return wrong
    },
  }
}
