import assert from 'node:assert/strict'
import { addTask } from '../suites/answers.ts'
import { type Issuer, startIssuer } from '../suites/oidc-issuer.ts'
import { createBrowser, providersEnv } from '../suites/sign-on.ts'
import { join, listen } from '../suites/sockets.ts'
import { codeOf, turnOnTwoFactor } from '../suites/totp.ts'
import { eventually } from '../support/eventually.ts'
import { expect, password } from '../support/server.ts'
import { ask } from './account.ts'
import { useStage } from './use-stage.ts'

describe('signing in at several instances', function () {
  this.timeout(120_000)
  const env: Record<string, string> = {}
  let issuer: Issuer
  before(async () => {
    issuer = await startIssuer()
    const providers = providersEnv({ corp: { issuer, allow_signup: true } })
    Object.assign(env, providers, { TRUST_PROXY: '1' })
  })
  const stage = useStage({ env, count: 2 })
  after(() => issuer.close())
  const at = (nth: number) => stage().instances[nth]!

  /** Where the end of the last session of somebody is in the log. */
  const fenceOf = (userId: number) =>
    eventually(async () => {
      const [row] = await stage().query<{ offset: number }>(
        `select max("offset") as offset from event_log
        where event = 'session_ended' and (payload ->> 'user_id')::bigint = $1 having max("offset") is not null`,
        [userId],
      )
      return row!.offset
    })

  it('[SO12] finishes at one what began at another, and a logout sends nothing later to its sockets anywhere', async () => {
    issuer.people.set('eve', { sub: 'eve', email: 'eve@corp.example', email_verified: true })
    // As a balancer does, by which people reach all instances at one address.
    const browser = createBrowser(at(0), '*/*', { 'x-forwarded-host': '127.0.0.1:9' })
    const { location } = await browser.get('/api/v1/auth/oidc/corp/start')
    const back = await issuer.signIn(location, 'eve')
    const answer = await browser.get(`${at(1).url}${back.pathname}${back.search}`)
    assert.equal(answer.status, 302, JSON.stringify(answer.body))
    const token = browser.cookies.get('auth_token')!
    const me = await fetch(`${at(0).url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })
    const { id } = (await me.json()) as { id: number }
    const { socket, of } = await listen(stage().admin.at(at(0)), { token })
    await join(socket, ['tasks'])
    const before = await addTask(stage().admin.at(at(1)))
    await eventually(() => assert.equal(of('task_created').at(-1)?.task.id, before.id))

    const body = new URLSearchParams({ logout_token: await issuer.logoutToken({ sub: 'eve' }) })
    const ended = await fetch(`${at(1).url}/api/v1/auth/oidc/corp/backchannel-logout`, { method: 'POST', body })
    assert.deepEqual(await ended.json(), { ended: 1 })
    for (let nth = 0; nth < 5; nth++) await addTask(stage().admin.at(at(1)))
    await eventually(() => assert.equal(socket.connected, false), { within: 10_000 })
    const fence = await fenceOf(id)
    assert.deepEqual(
      of('task_created').filter(({ offset }) => offset > fence),
      [],
    )
    assert.equal(of('error').at(-1)?.error.code, 'session_ended')
  })

  it('[SC6] disabling by a provider sends nothing later to sockets anywhere', async () => {
    const ann = await stage().user('ann')
    const admin = stage().admin.at(at(0))
    const made = await expect(admin.rest('POST', '/api-keys', { name: 'provider', permissions: ['admin'] }), 201)
    const { socket, of } = await listen(ann.at(at(1)))
    await join(socket, ['tasks'])
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    const answer = await fetch(`${at(0).url}/scim/v2/Users/${ann.person.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${made.body.key}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas, Operations: [{ op: 'replace', path: 'active', value: false }] }),
    })
    assert.equal(answer.status, 200)
    for (let nth = 0; nth < 5; nth++) await addTask(admin)
    await eventually(() => assert.equal(socket.connected, false), { within: 10_000 })
    const fence = await fenceOf(ann.person.id)
    assert.deepEqual(
      of('task_created').filter(({ offset }) => offset > fence),
      [],
    )
  })

  it('[TF3] [TF4] takes a code once and counts wrong ones over all instances (attack 22)', async () => {
    const bob = await stage().user('bob')
    const { secret } = await turnOnTwoFactor(bob.at(at(0)))
    const login = async (nth: number) => {
      const { email } = bob
      const { body } = await ask(at(nth).url, 'POST', '/auth/login', { body: { email, password } })
      return body.error.details.challenge as string
    }
    const finish = async (nth: number, challenge: string, code: string) =>
      (await ask(at(nth).url, 'POST', '/auth/login/second-factor', { body: { challenge, code } })).status
    const challenges = [await login(0), await login(1)]
    const code = codeOf(secret, 1)
    const answers = await Promise.all(challenges.map((challenge, nth) => finish(nth, challenge, code)))
    assert.deepEqual(answers.toSorted(), [200, 401])

    // The code that came second was the first wrong one.
    for (let nth = 0; nth < 4; nth++) assert.equal(await finish(nth % 2, await login(nth % 2), '000000'), 401)
    for (const nth of [0, 1]) assert.equal(await finish(nth, await login(nth), codeOf(secret)), 429)
  })
})
