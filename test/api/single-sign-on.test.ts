import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { type Issuer, startIssuer } from '../suites/oidc-issuer.ts'
import { type CookieBrowser, createBrowser, providersEnv, signOn } from '../suites/sign-on.ts'

describe('single sign-on', () => {
  let server: TestServer
  let corp: Issuer
  let other: Issuer
  before(async () => {
    ;[corp, other] = await Promise.all([startIssuer(), startIssuer()])
    const roles = { role_claim: 'groups', admin_values: ['operators'] }
    server = await startServer({
      env: providersEnv({ corp: { issuer: corp, allow_signup: true, ...roles }, other: { issuer: other } }),
    })
  })
  after(async () => {
    await server.close()
    await Promise.all([corp.close(), other.close()])
  })

  let people = 0
  /** Somebody with an account at an issuer. */
  const foreigner = (claims: object = {}, at = corp) => {
    const sub = `eve-${++people}`
    const email = `${sub}@corp.example`
    at.people.set(sub, { sub, email, email_verified: true, name: 'Eve', preferred_username: sub, ...claims })
    return sub
  }
  const start = '/api/v1/auth/oidc/corp/start'
  const me = async (browser: CookieBrowser) => (await browser.get('/api/v1/auth/me')).body
  const tokenOf = (browser: CookieBrowser) => browser.cookies.get('auth_token')!
  const authorization = (browser: CookieBrowser) => ({ authorization: `Bearer ${tokenOf(browser)}` })
  const signedIn = async (sub: string) => {
    const browser = createBrowser(server)
    await expect(signOn(browser, corp, sub), 302)
    return browser
  }
  const link = async (client: Client, browser: CookieBrowser, sub: string, { id = 'corp', issuer = corp } = {}) => {
    browser.cookies.set('auth_token', client.token)
    const { body } = await expect(client.rest('POST', `/auth/oidc/${id}/link`, { return_to: '/#/settings' }), 200)
    return signOn(browser, issuer, sub, { start: body.url })
  }

  describe('signing in', () => {
    it('[SO1] names the providers to everybody, without anything secret', async () => {
      const { body } = await expect(server.rest('GET', '/auth/providers'), 200)
      assert.deepEqual(body, [
        { id: 'corp', name: 'The corp' },
        { id: 'other', name: 'The other' },
      ])
    })

    it('[SO1] leads to the issuer with PKCE, state and nonce, and back to the page with the cookies of a sign-in', async () => {
      const sub = foreigner()
      const browser = createBrowser(server)
      const { location } = await expect(browser.get(`${start}?return_to=/%23/board`), 302).then(answer => ({
        location: answer.headers.get('location')!,
      }))
      const asked = new URL(location).searchParams
      assert.equal(asked.get('code_challenge_method'), 'S256')
      for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(asked.get(name)!.length >= 43, name)
      const answer = await browser.get((await corp.signIn(location, sub)).href)
      assert.deepEqual([answer.status, answer.location], [302, '/#/board'])
      assert.deepEqual([...browser.cookies.keys()].sort(), ['auth_token', 'csrf_token', 'refresh_token'])
      assert.equal((await me(browser)).email, `${sub}@corp.example`)
    })

    it('[SO2] makes an account at the first sign-in where the provider may, and signs in to the same one later', async () => {
      const sub = foreigner()
      const first = await me(await signedIn(sub))
      assert.deepEqual([first.username, first.role, first.is_verified, first.has_password], [sub, 'user', true, false])
      corp.people.set(sub, { ...corp.people.get(sub)!, email: 'moved@corp.example' })
      assert.equal((await me(await signedIn(sub))).id, first.id)
      const stranger = foreigner({}, other)
      refuses(await signOn(createBrowser(server), other, stranger, { provider: 'other' }), 'forbidden')
    })

    it('[SO2] makes one account when somebody comes for the first time in two browsers at once', async () => {
      const sub = foreigner()
      const ids = await Promise.all([signedIn(sub), signedIn(sub)].map(async one => (await me(await one)).id))
      assert.equal(ids[0], ids[1])
    })

    it('[SO3] never takes over an account by its e-mail address', async () => {
      const ann = await server.user('ann')
      for (const email_verified of [true, false]) {
        const sub = foreigner({ email: ann.email, email_verified })
        const browser = createBrowser(server)
        refuses(await signOn(browser, corp, sub), 'conflict')
        assert.equal(browser.cookies.has('auth_token'), false)
      }
    })

    it('[SO3] lets somebody into the account that was provisioned for them, by a verified address, once', async () => {
      const { rest } = await programOf(server, server.admin, ['admin'])
      const provisioned = async (sub: string, email_verified: boolean) => {
        const email = `${sub}@corp.example`
        const headers = { 'content-type': 'application/scim+json' }
        const made = await expect(rest('POST', '/scim/v2/Users', { userName: email, displayName: 'Zoe' }, headers), 201)
        corp.people.set(sub, { sub, email, email_verified })
        return Number(made.body.id)
      }
      const id = await provisioned('zoe', true)
      assert.equal((await me(await signedIn('zoe'))).id, id)
      corp.people.set('thief', { sub: 'thief', email: 'zoe@corp.example', email_verified: true })
      refuses(await signOn(createBrowser(server), corp, 'thief'), 'conflict')
      await provisioned('yan', false)
      refuses(await signOn(createBrowser(server), corp, 'yan'), 'conflict')
    })

    it('[SO4] gives the role by the claim at each sign-in, audited, and keeps the last administrator', async () => {
      const sub = foreigner({ groups: ['staff', 'operators'] })
      assert.equal((await me(await signedIn(sub))).role, 'admin')
      corp.people.set(sub, { ...corp.people.get(sub)!, groups: 'staff' })
      const { role, id } = await me(await signedIn(sub))
      assert.equal(role, 'user')
      const { body } = await expect(server.admin.rest('GET', `/audit/logs?action=user.updated&user_id=${id}`), 200)
      assert.equal(body.data.count, 2)
      const lone = foreigner({ groups: [] })
      await link(server.admin, createBrowser(server), lone)
      assert.equal((await me(await signedIn(lone))).role, 'admin')
    })

    it('[SO5] does not let a disabled account in', async () => {
      const sub = foreigner()
      const { id } = await me(await signedIn(sub))
      await expect(server.admin.rest('PUT', `/admin/users/${id}`, { is_active: false }), 200)
      refuses(await signOn(createBrowser(server), corp, sub), 'account_disabled')
    })
  })

  describe('what is not accepted', () => {
    for (const return_to of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'board',
      '/a b',
      '/\t/evil.example',
    ])
      it(`[SO6] does not lead to ${JSON.stringify(return_to)} afterwards (attack 74)`, async () => {
        const path = `/auth/oidc/corp/start?return_to=${encodeURIComponent(return_to)}`
        refuses(await server.rest('GET', path), 'validation_error', ['return_to'])
      })

    it('[SO7] a callback in a browser that did not begin it, with another state, or a second time', async () => {
      const sub = foreigner()
      const mine = createBrowser(server)
      const { location } = await mine.get(start)
      const back = await corp.signIn(location, sub)
      refuses(await createBrowser(server).get(back.href), 'unauthenticated')
      const victim = createBrowser(server)
      await victim.get(start)
      refuses(await victim.get(back.href), 'unauthenticated')
      const cookies = new Map(mine.cookies)
      await expect(mine.get(back.href), 302)
      for (const [name, value] of cookies) mine.cookies.set(name, value)
      refuses(await mine.get(back.href), 'unauthenticated')
    })

    it('[SO7] an answer of one issuer at the callback of another', async () => {
      const sub = foreigner({}, other)
      const browser = createBrowser(server)
      const { location } = await browser.get(start)
      const fromOther = await createBrowser(server)
        .get('/api/v1/auth/oidc/other/start')
        .then(begun => other.signIn(begun.location, sub))
      const state = new URL(location).searchParams.get('state')!
      const mixed = new URL(fromOther.href.replace('/other/', '/corp/'))
      mixed.searchParams.set('state', state)
      refuses(await browser.get(mixed.href), 'unauthenticated')
      await browser.get(start)
      refuses(await browser.get(fromOther.href), 'unauthenticated')
    })

    it('[SO7] a code with another nonce', async () => {
      const sub = foreigner()
      const browser = createBrowser(server)
      const { location } = await browser.get(start)
      const forged = new URL(location)
      forged.searchParams.set('nonce', 'another nonce of at least forty-three characters')
      refuses(await browser.get((await corp.signIn(forged.href, sub)).href), 'unauthenticated')
    })

    it('[SO7] [CS7] over TLS an attempt that a sibling domain has planted', async () => {
      const env = {
        ...providersEnv({ corp: { issuer: corp, allow_signup: true } }),
        PUBLIC_URL: 'https://tasks.example',
      }
      const secure = await startServer({ env })
      try {
        const browser = createBrowser(secure)
        const { location, headers } = await browser.get('/api/v1/auth/oidc/corp/start')
        const { pathname, search } = await corp.signIn(location, foreigner())
        const [[name, attempt]] = [...browser.cookies] as [[string, string]]
        const planted = createBrowser(secure)
        planted.cookies.set('oidc_attempt', attempt)
        refuses(await planted.get(`${pathname}${search}`), 'unauthenticated')
        assert.deepEqual([name, headers.getSetCookie()[0]!.includes('Path=/;')], ['__Host-oidc_attempt', true])
        assert.equal((await browser.get(`${pathname}${search}`)).status, 302)
        assert.ok(browser.cookies.has('__Host-auth_token') && !browser.cookies.has(name))
      } finally {
        await secure.close()
      }
    })

    it('[SO7] an attempt that took longer than ten minutes, or was changed', async () => {
      const sub = foreigner()
      const browser = createBrowser(server)
      const { location } = await browser.get(start)
      const back = await corp.signIn(location, sub)
      const attempt = browser.cookies.get('oidc_attempt')!
      browser.cookies.set('oidc_attempt', `${attempt.slice(0, -4)}AAAA`)
      refuses(await browser.get(back.href), 'unauthenticated')
      browser.cookies.set('oidc_attempt', attempt)
      const realNow = Date.now
      Date.now = () => realNow() + 601_000
      try {
        refuses(await browser.get(back.href), 'unauthenticated')
      } finally {
        Date.now = realNow
      }
    })

    it('[SO8] sends a person back to the page with the reason, and a program gets an error', async () => {
      refuses(await createBrowser(server).get('/api/v1/auth/oidc/corp/callback?error=access_denied'), 'unauthenticated')
      const person = createBrowser(server, 'text/html,application/xhtml+xml,*/*;q=0.8')
      const { location } = await person.get('/api/v1/auth/oidc/corp/callback?error=access_denied')
      assert.equal(location, '/#/?sign_in_error=unauthenticated&provider=corp')
      refuses(await server.rest('GET', '/auth/oidc/nobody/start'), 'not_found')
    })

    it('[SO8] an issuer that does not answer is unavailable, and passwords go on working', async () => {
      const down = await startIssuer()
      const alone = await startServer({ env: providersEnv({ corp: { issuer: down } }) })
      try {
        await down.stop()
        refuses(await alone.rest('GET', '/auth/oidc/corp/start'), 'unavailable')
        const person = createBrowser(alone, 'text/html')
        assert.match((await person.get(start)).location, /sign_in_error=unavailable/)
        await alone.login('admin@example.com')
        await down.start()
        await expect(createBrowser(alone).get(start), 302)
      } finally {
        await down.close()
        await alone.close()
      }
    })
  })

  describe('linking', () => {
    const toldOf = async (client: Client): Promise<string[]> =>
      (await expect(client.rest('GET', '/notifications'), 200)).body.results.map(({ message }: any) => message)

    it('[SO9] [NT7] links an account elsewhere to the person who is signed in, who then signs in with it', async () => {
      const ann = await server.user('ann')
      const sub = foreigner({ email: ann.email })
      const answer = await link(ann, createBrowser(server), sub)
      assert.deepEqual([answer.status, answer.location], [302, '/#/settings'])
      assert.equal((await me(await signedIn(sub))).id, ann.person.id)
      const { results } = (await expect(ann.rest('GET', '/auth/identities'), 200)).body
      assert.deepEqual(
        results.map((one: any) => [one.provider, one.provider_name, one.email]),
        [['corp', 'The corp', ann.email]],
      )
      assert.deepEqual(await toldOf(ann), ['An account of The corp was linked to yours; it can sign in here.'])
    })

    it('[SO9] only for the session that asked, and no identity of somebody else', async () => {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')]
      const sub = foreigner()
      const url = (await expect(ann.rest('POST', '/auth/oidc/corp/link', {}), 200)).body.url
      const led = createBrowser(server)
      led.cookies.set('auth_token', bob.token)
      refuses(await signOn(led, corp, sub, { start: url }), 'unauthenticated')
      refuses(await signOn(createBrowser(server), corp, sub, { start: url }), 'unauthenticated')
      await expect(link(ann, createBrowser(server), sub), 302)
      refuses(await link(bob, createBrowser(server), sub), 'conflict')
    })

    it('[SO9] [AC42] requires a recent sign-in, as unlinking does', async () => {
      const ann = await server.user('ann')
      await server.query(`update sessions set authenticated_at = authenticated_at - interval '16 minutes'`)
      await server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' })
      refuses(await server.rest('POST', '/auth/oidc/corp/link', {}), 'unauthenticated')
      refuses(await ann.rest('POST', '/auth/oidc/corp/link', {}), 'reauthentication_required')
      refuses(await ann.rest('DELETE', '/auth/identities/1'), 'reauthentication_required')
    })

    it('[SO10] [NT7] unlinks, which ends what was signed in with it, but not the only way in', async () => {
      const sub = foreigner()
      const browser = await signedIn(sub)
      const headers = authorization(browser)
      const list = await expect(server.rest('GET', '/auth/identities', undefined, headers), 200)
      const [only] = list.body.results
      refuses(await server.rest('DELETE', `/auth/identities/${only.id}`, undefined, headers), 'conflict')

      const ann = await server.user('ann')
      refuses(await ann.rest('DELETE', `/auth/identities/${only.id}`), 'not_found')
      const linked = foreigner()
      await link(ann, createBrowser(server), linked)
      const elsewhere = await signedIn(linked)
      const { id } = (await ann.rest('GET', '/auth/identities')).body.results[0]
      await expect(ann.rest('DELETE', `/auth/identities/${id}`), 204)
      assert.equal((await toldOf(ann))[0], 'A linked account of The corp was removed from yours.')
      refuses(await server.rest('GET', '/auth/me', undefined, authorization(elsewhere)), 'session_ended')
      await expect(ann.rest('GET', '/auth/me'), 200)
    })

    it('[SO11] an account without a password confirms by having signed in lately', async () => {
      const browser = await signedIn(foreigner())
      const headers = authorization(browser)
      refuses(await server.rest('DELETE', '/auth/totp', {}, headers), 'not_found')
      await server.query(`update sessions set authenticated_at = authenticated_at - interval '16 minutes'`)
      await server.admin.rest('PUT', `/admin/users/${(await me(browser)).id}`, { tier: 'pro' })
      refuses(await server.rest('POST', '/gdpr/erase', {}, headers), 'reauthentication_required')
      refuses(await server.rest('POST', '/auth/reauthenticate', { password }, headers), 'reauthentication_required')
      const { email } = await me(browser)
      refuses(await server.rest('POST', '/auth/login', { email, password: '' }), 'invalid_credentials')
    })

    it('[SO11] an account without a password cannot make its sign-in recent again by asking', async () => {
      const browser = await signedIn(foreigner())
      const { id } = await me(browser)
      await server.query(
        `update sessions set authenticated_at = authenticated_at - interval '14 minutes' where user_id = $1`,
        [id],
      )
      const at = async () => (await server.query('select authenticated_at from sessions where user_id = $1', [id]))[0]
      const before = await at()
      await expect(server.rest('POST', '/auth/reauthenticate', { password }, authorization(browser)), 204)
      assert.deepEqual(await at(), before)
    })
  })

  describe('back-channel logout', () => {
    const logOut = (logout_token: string, id = 'corp', more: object = {}) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return server.rest(
        'POST',
        `/auth/oidc/${id}/backchannel-logout`,
        String(new URLSearchParams({ logout_token, ...more })),
        headers,
      )
    }
    const isIn = async (browser: CookieBrowser) =>
      (await server.rest('GET', '/auth/me', undefined, authorization(browser))).status === 200

    it('[SO12] ends all sessions of a person that were opened at the issuer, and their sockets, and no others', async () => {
      const ann = await server.user('ann')
      const sub = foreigner()
      await link(ann, createBrowser(server), sub)
      const [one, two] = [await signedIn(sub), await signedIn(sub)]
      const stranger = await signedIn(foreigner())
      const socket = await ann.socket({ token: tokenOf(one) })
      const { body, headers } = await expect(logOut(await corp.logoutToken({ sub })), 200)
      assert.deepEqual(body, { ended: 2 })
      assert.match(headers.get('cache-control')!, /no-store/)
      assert.deepEqual([await isIn(one), await isIn(two), await isIn(stranger)], [false, false, true])
      await expect(ann.rest('GET', '/auth/me'), 200)
      await eventually(() => assert.equal(socket.connected, false))
    })

    it('[SO12] takes many logouts at once from one address', async () => {
      const subs = Array.from({ length: 60 }, () => foreigner())
      const answers = await Promise.all(subs.map(async sub => logOut(await corp.logoutToken({ sub }))))
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.equal(answers[0]!.headers.get('ratelimit'), null)
    })

    it('[SO12] ends the one session that the issuer names', async () => {
      const sub = foreigner()
      const [one, two] = [await signedIn(sub), await signedIn(sub)]
      const { id } = await me(one)
      const rows = await server.query<{ issuer_sid: string }>(
        'select issuer_sid from sessions where user_id = $1 order by created_at, id',
        [id],
      )
      const sids = new Set(rows.map(({ issuer_sid }) => issuer_sid))
      assert.equal(sids.size, 2)
      await expect(logOut(await corp.logoutToken({ sid: rows[0]!.issuer_sid })), 200)
      assert.equal([await isIn(one), await isIn(two)].filter(Boolean).length, 1)
    })

    it('[SO12] a sign-in that was under way when the issuer ended it does not come about', async () => {
      const sub = foreigner()
      const browser = createBrowser(server)
      const back = await corp.signIn((await browser.get(start)).location, sub)
      await expect(logOut(await corp.logoutToken({ sub, iat: Math.floor(Date.now() / 1_000) + 5 })), 200)
      refuses(await browser.get(back.href), 'unauthenticated')
    })

    it('[SO13] refuses a token that was used, and every kind of wrong one (attack 104)', async () => {
      const sub = foreigner()
      const browser = await signedIn(sub)
      const now = Math.floor(Date.now() / 1_000)
      const wrong: Record<string, Promise<string>> = {
        'another issuer': corp.logoutToken({ sub, iss: other.url }),
        'signed by another issuer': other.logoutToken({ sub, iss: corp.url }),
        'signed with another key': corp.logoutToken({ sub }, { key: 'other' }),
        'for another client': corp.logoutToken({ sub, aud: 'elsewhere' }),
        expired: corp.logoutToken({ sub, iat: now - 500, exp: now - 400 }),
        old: corp.logoutToken({ sub, iat: now - 3_600, exp: now + 60 }),
        'without a time': corp.logoutToken({ sub, iat: undefined }),
        'without an id': corp.logoutToken({ sub, jti: undefined }),
        'without the event': corp.logoutToken({ sub, events: {} }),
        'without events': corp.logoutToken({ sub, events: undefined }),
        'with a nonce': corp.logoutToken({ sub, nonce: 'x' }),
        'about nobody': corp.logoutToken({}),
        'of another type': corp.logoutToken({ sub }, { typ: 'at+jwt' }),
        unsigned: Promise.resolve(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`),
        'no token': Promise.resolve('x'),
      }
      for (const [name, token] of Object.entries(wrong)) {
        const answer = await logOut(await token)
        assert.equal(answer.status, 400, name)
        refuses(answer, 'validation_error', ['logout_token'])
      }
      assert.equal(await isIn(browser), true)
      const good = await corp.logoutToken({ sub })
      await expect(logOut(good), 200)
      refuses(await logOut(good), 'validation_error', ['logout_token'])
      refuses(await logOut(await corp.logoutToken({ sub }), 'other'), 'validation_error', ['logout_token'])
      refuses(await server.rest('POST', '/auth/oidc/corp/backchannel-logout', {}), 'unsupported_media_type')
    })
  })
})
