import assert from 'node:assert/strict'
import jwt from 'jsonwebtoken'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

describe('sessions', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())

  const me = (client: Client) => client.rest('GET', '/auth/me')
  const sidOf = ({ token }: Client) => (jwt.decode(token) as { sid: string }).sid
  const refresh = (refresh_token?: unknown) => server.rest('POST', '/auth/refresh', { refresh_token })
  /** Moves one time of the session, and its spent tokens, this far into the past. */
  const age = async (client: Client, column: string, interval: string) => {
    await server.query(`update sessions set ${column} = ${column} - $1::interval where id = $2`, [
      interval,
      sidOf(client),
    ])
    await server.query(`update refresh_tokens set spent_at = spent_at - $1::interval where session_id = $2`, [
      interval,
      sidOf(client),
    ])
  }

  describe('refreshing', () => {
    it('[AC13] gives new tokens for the same session', async () => {
      const ann = await server.user('ann')
      const { body } = await expect(refresh(ann.refreshToken), 200)
      assert.notEqual(body.refresh_token, ann.refreshToken)
      assert.notEqual(body.access_token, ann.token)
      assert.equal((jwt.decode(body.access_token) as { sid: string }).sid, sidOf(ann))
      assert.deepEqual([body.user.id, body.expires_in, body.token_type], [ann.person.id, 900, 'Bearer'])
      await expect(server.rest('GET', '/auth/me', undefined, { authorization: `Bearer ${body.access_token}` }), 200)
    })

    it('[AC13] restores the full lifetime of the session, and notes how long its newest access token is valid', async () => {
      const ann = await server.user('ann')
      await age(ann, 'expires_at', '29 days')
      const { body } = await expect(refresh(ann.refreshToken), 200)
      const [row] = await server.query<{ expires_at: string; access_expires_at: string }>(
        'select expires_at, access_expires_at from sessions where id = $1',
        [sidOf(ann)],
      )
      assert.ok(Date.parse(row!.expires_at) - Date.now() > 29.9 * 86_400_000)
      assert.equal(Date.parse(row!.access_expires_at) / 1000, (jwt.decode(body.access_token) as { exp: number }).exp)
    })

    it('[AC41] never makes a session last longer than 90 days', async () => {
      const ann = await server.user('ann')
      await age(ann, 'created_at', '89 days')
      const { body } = await expect(refresh(ann.refreshToken), 200)
      const [row] = await server.query<{ expires_at: string }>('select expires_at from sessions where id = $1', [
        sidOf(ann),
      ])
      const left = Date.parse(row!.expires_at) - Date.now()
      assert.ok(left > 0 && left < 86_400_000, String(left))
      await age(ann, 'created_at', '1 day')
      const last = await expect(refresh(body.refresh_token), 200)
      refuses(await refresh(last.body.refresh_token), 'unauthenticated')
    })

    it('[AC13] gives the same successor again within ten seconds, as for two tabs (attack 9)', async () => {
      for (let tries = 1; ; tries++) {
        const ann = await server.user('ann')
        const began = performance.now()
        const first = await expect(refresh(ann.refreshToken), 200)
        await age(ann, 'expires_at', '8 seconds')
        const second = await refresh(ann.refreshToken)
        // A machine that took the other two seconds is given another try.
        if (performance.now() - began > 1_900 && tries < 5) continue
        assert.deepEqual([second.status, second.body.refresh_token], [200, first.body.refresh_token])
        await expect(refresh(first.body.refresh_token), 200)
        break
      }
    })

    it('[AC14] ends the whole session with its sockets when a token is used again after the grace period (attack 9)', async () => {
      const ann = await server.user('ann')
      const socket = await ann.socket()
      const { body } = await expect(refresh(ann.refreshToken), 200)
      await age(ann, 'expires_at', '11 seconds')
      refuses(await refresh(ann.refreshToken), 'session_ended')
      refuses(await refresh(body.refresh_token), 'session_ended')
      refuses(await me(ann), 'session_ended')
      await eventually(() => assert.equal(socket.connected, false))
    })

    it('[AC14] does not affect the person’s other sessions', async () => {
      const ann = await server.user('ann')
      const other = await server.login(ann.email)
      await expect(refresh(ann.refreshToken), 200)
      await age(ann, 'expires_at', '11 seconds')
      refuses(await refresh(ann.refreshToken), 'session_ended')
      await expect(me(other), 200)
    })

    for (const token of [undefined, '', 'x', 'x'.repeat(43), "' or 1=1--"]) {
      it(`[AC13] refuses ${JSON.stringify(token)}`, async () => {
        refuses(await refresh(token), 'unauthenticated')
      })
    }

    it('[AC13] refuses an access token', async () => {
      const ann = await server.user('ann')
      refuses(await refresh(ann.token), 'unauthenticated')
    })

    it('[AC27] refuses a session whose lifetime is over', async () => {
      const ann = await server.user('ann')
      await age(ann, 'expires_at', '31 days')
      refuses(await refresh(ann.refreshToken), 'unauthenticated')
    })

    it('[AC27] refuses a session that was idle for too long', async () => {
      const ann = await server.user('ann')
      await age(ann, 'last_active_at', '8 days')
      refuses(await refresh(ann.refreshToken), 'session_ended')
    })
  })

  describe('use of a session', () => {
    for (const [column, interval] of [
      ['expires_at', '31 days'],
      ['last_active_at', '8 days'],
    ] as const) {
      it(`[AC27] is refused when its ${column} is ${interval} back`, async () => {
        const ann = await server.user('ann')
        await age(ann, column, interval)
        // The result of the sign-in's look-up of the session is kept for a second, unless the account changes.
        await expect(server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' }), 200)
        refuses(await me(ann), 'session_ended')
      })
    }

    it('[AC15] is refused at once after signing out, for requests, refreshing and sockets', async () => {
      const ann = await server.user('ann')
      const socket = await ann.socket()
      await expect(ann.rest('POST', '/auth/logout', {}), 204)
      refuses(await me(ann), 'session_ended')
      refuses(await refresh(ann.refreshToken), 'session_ended')
      await eventually(() => assert.equal(socket.connected, false))
    })

    it('[AC15] is refused when its person has been deleted', async () => {
      const ann = await server.user('ann')
      await server.query('delete from users where id = $1', [ann.person.id])
      await eventually(async () => refuses(await me(ann), 'session_ended'), { within: 2_000 })
    })
  })

  describe('showing the password again', () => {
    const again = (client: Client, password: unknown) => client.rest('POST', '/auth/reauthenticate', { password })
    const authenticatedAt = async (client: Client) => {
      const [row] = await server.query<{ at: string }>('select authenticated_at as at from sessions where id = $1', [
        sidOf(client),
      ])
      return Date.parse(row!.at)
    }

    it('[AC42] refuses a caller who is not signed in, and a wrong password', async () => {
      refuses(await server.rest('POST', '/auth/reauthenticate', { password: 'x' }), 'unauthenticated')
      const ann = await server.user('ann')
      await age(ann, 'authenticated_at', '1 hour')
      refuses(await again(ann, 'wrong horse 9'), 'validation_error', ['password'])
      refuses(await again(ann, undefined), 'validation_error', ['password'])
      assert.ok(Date.now() - (await authenticatedAt(ann)) > 3_000_000)
    })

    it('[AC42] counts from then on, in this session only', async () => {
      const ann = await server.user('ann')
      const other = await server.login(ann.email)
      for (const client of [ann, other]) await age(client, 'authenticated_at', '1 hour')
      await expect(again(ann, 'correct horse 9'), 204)
      assert.ok(Date.now() - (await authenticatedAt(ann)) < 60_000)
      assert.ok(Date.now() - (await authenticatedAt(other)) > 3_000_000)
    })
  })

  describe('the list', () => {
    const list = async (client: Client, query = '') =>
      (await expect(client.rest('GET', `/sessions/list${query}`), 200)).body.data

    it('[AC12] refuses a caller who is not signed in', async () => {
      refuses(await server.rest('GET', '/sessions/list'), 'unauthenticated')
    })

    it('[AC12] shows the own sessions, newest first, and marks the current one', async () => {
      const ann = await server.user('ann')
      const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36'
      const body = { email: ann.email, password: 'correct horse 9' }
      await expect(server.rest('POST', '/auth/login', body, { 'user-agent': agent }), 200)
      const { results, count } = await list(ann)
      assert.equal(count, 2)
      assert.deepEqual(
        results.map((session: { device: string; current: boolean }) => [session.device, session.current]),
        [
          ['Chrome on Linux', false],
          ['node', true],
        ],
      )
      const { id, ip_address, user_agent } = results[0]
      assert.deepEqual([id === sidOf(ann), ip_address, user_agent], [false, '127.0.0.1', agent])
    })

    it('[AC12] leaves out sessions that are over', async () => {
      const ann = await server.user('ann')
      for (const [column, interval] of [
        ['expires_at', '31 days'],
        ['last_active_at', '8 days'],
      ] as const) {
        await age(await server.login(ann.email), column, interval)
      }
      await expect((await server.login(ann.email)).rest('POST', '/auth/logout', {}), 204)
      assert.equal((await list(ann)).count, 1)
    })

    it('[AC12] pages by cursor too', async () => {
      const ann = await server.user('ann')
      await server.login(ann.email)
      await server.login(ann.email)
      const all = (await list(ann)).results
      const first = await list(ann, '?cursor=&page_size=2')
      const second = (await expect(ann.rest('GET', first.next.replace('/api/v1', '')), 200)).body.data
      assert.deepEqual([...first.results, ...second.results], all)
      assert.equal(second.next, null)
    })
  })

  describe('ending a session', () => {
    it('[AC15] answers 404 for a session of somebody else', async () => {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')]
      refuses(await server.rest('DELETE', `/sessions/${sidOf(ann)}`), 'unauthenticated')
      refuses(await bob.rest('DELETE', `/sessions/${sidOf(ann)}`), 'not_found')
      refuses(await bob.rest('DELETE', '/sessions/00000000-0000-4000-8000-000000000000'), 'not_found')
      refuses(await bob.rest('DELETE', '/sessions/1'), 'validation_error')
      await expect(me(ann), 200)
    })

    it('[AC15] closes an own session for requests and sockets, once', async () => {
      const ann = await server.user('ann')
      const other = await server.login(ann.email)
      const socket = await other.socket()
      const { body } = await expect(ann.rest('DELETE', `/sessions/${sidOf(other)}`), 200)
      assert.deepEqual([body.success, body.data], [true, { ended: true }])
      refuses(await me(other), 'session_ended')
      refuses(await ann.rest('DELETE', `/sessions/${sidOf(other)}`), 'not_found')
      await expect(me(ann), 200)
      await eventually(() => assert.equal(socket.connected, false))
    })

    it('[CK5] clears the cookies of a browser that ends its own session, and of no other', async () => {
      const ann = await server.user('ann')
      const other = await server.login(ann.email)
      const end = (id: string) => expect(ann.rest('DELETE', `/sessions/${id}`), 200)
      assert.deepEqual((await end(sidOf(other))).headers.getSetCookie(), [])
      const cleared = (await end(sidOf(ann))).headers.getSetCookie()
      assert.ok(cleared.length >= 3 && cleared.every(line => line.includes('=; Max-Age=0;')), cleared.join('\n'))
    })
  })
})
