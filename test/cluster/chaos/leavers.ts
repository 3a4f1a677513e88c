import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fuzz/random.ts'
import type { Issuer } from '../../suites/oidc-issuer.ts'
import { createBrowser, signOn } from '../../suites/sign-on.ts'
import { expect } from '../../support/server.ts'
import { ask, type Visitor } from '../account.ts'
import { roaming } from '../crowd.ts'
import { follow, type Follower } from '../follower.ts'
import type { LoggedRow } from '../oracle.ts'
import { openRawConnection } from '../raw-connection.ts'
import type { Session } from '../session.ts'
import type { Stage } from '../stage.ts'

/** Somebody who is let go while everything fails. */
interface Leaver {
  name: string
  userId: number
  follower: Follower
  /** Ends their right; true when it was answered that it is done. */
  end(url: string): Promise<boolean>
}

const ofEachKind = 3
/** How long somebody who was let go still tries to come back. */
const lingersMs = 1_000
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/**
 * People who are let go one after the other: their provider disables them by SCIM, or ends their session by back-channel
 * logout. Nothing that is later in the log may reach them, whatever fails meanwhile.
 */
export async function startLeavers(stage: Stage, issuer: Issuer, random: Random, lastsMs: number) {
  const { instances } = stage
  const [first] = instances as [(typeof instances)[0]]
  const admin = stage.admin.at(first)
  const made = await expect(admin.rest('POST', '/api-keys', { name: 'provider', permissions: ['admin'] }), 201)

  const leaver = (name: string, session: Session, userId: number, end: Leaver['end']): Leaver => {
    const choose = roaming(instances, random.pick(instances))
    return { name, userId, end, follower: follow({ name, session, open: openRawConnection, rooms: ['tasks'], choose }) }
  }

  async function disabledByScim(nth: number): Promise<Leaver> {
    const account = await stage.user('leaver')
    const { id } = account.person
    const body = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'active', value: false }] }
    const headers = { authorization: `Bearer ${made.body.key}`, 'content-type': 'application/scim+json' }
    const end = async (url: string) =>
      (await ask(`${url}`, 'PATCH', `/scim/v2/Users/${id}`, { body, headers, withinMs: 3_000 })).status === 200
    return leaver(`disabled ${nth}`, withoutPassword(account.at(first), stage), id, end)
  }

  async function loggedOutAtIssuer(nth: number): Promise<Leaver> {
    const sub = `leaver-${nth}`
    issuer.people.set(sub, { sub, email: `${sub}@corp.example`, email_verified: true })
    const browser = createBrowser(first)
    await expect(signOn(browser, issuer, sub), 302)
    const token = browser.cookies.get('auth_token')!
    const { id } = (await expect(ask(first.url, 'GET', '/auth/me', { token }), 200)).body
    const visitor = { ...admin, token, refreshToken: browser.cookies.get('refresh_token')! }
    const end = async (url: string) => {
      const body = new URLSearchParams({ logout_token: await issuer.logoutToken({ sub }) })
      const signal = AbortSignal.timeout(3_000)
      const path = '/api/v1/auth/oidc/corp/backchannel-logout'
      return (await fetch(`${url}${path}`, { method: 'POST', body, signal })).status === 200
    }
    return leaver(`logged out ${nth}`, withoutPassword(visitor, stage), id, end)
  }

  const leavers: Leaver[] = []
  for (let nth = 0; nth < ofEachKind; nth++) leavers.push(await disabledByScim(nth), await loggedOutAtIssuer(nth))
  await Promise.all(leavers.map(({ follower }) => follower.settled(30_000)))

  let stopped = false
  const leaving = (async () => {
    for (const { follower, end } of leavers) {
      for (let waited = 0; !stopped && waited < lastsMs / (leavers.length + 1); waited += 200) await sleep(200)
      while (!(await end(random.pick(instances).url).catch(() => false))) await sleep(100)
      await sleep(lingersMs)
      await follower.stop()
    }
  })()

  return {
    /** Lets everybody go who is still there. */
    stop: async () => {
      stopped = true
      await leaving
    },
    judge: (log: LoggedRow[]): string[] =>
      leavers.flatMap(({ name, userId, follower }) => {
        const ends = log.filter(({ event, payload }) => event === 'session_ended' && payload['user_id'] === userId)
        const [fence] = ends
        if (!fence) return [`${name}: the log says nothing of the end`]
        const after = follower.got.filter(({ offset }) => offset > fence.offset)
        return after.length === 0
          ? []
          : [`${name} got ${after.map(({ offset }) => offset).join()} after ${fence.offset}`]
      }),
  }
}

/** A session that is renewed while it can be. Whoever was let go does not sign in again. */
function withoutPassword(visitor: Visitor, { instances }: Stage): Session {
  let { token, refreshToken } = visitor
  let [refreshes, turn] = [0, 0]
  return {
    visitor,
    get token() {
      return token
    },
    async renew(old) {
      if (old !== token) return
      const { url } = instances[turn++ % instances.length]!
      const call = ask(url, 'POST', '/auth/refresh', { body: { refresh_token: refreshToken }, withinMs: 3_000 })
      const answer = await call.catch(() => null)
      if (answer?.status === 200) {
        refreshes++
        token = answer.body.access_token
        refreshToken = answer.body.refresh_token
      } else await sleep(100)
    },
    get refreshes() {
      return refreshes
    },
    logins: 0,
  }
}
