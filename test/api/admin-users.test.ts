import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

describe('accounts, for administrators', () => {
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer()
    admin = server.admin
  })
  after(() => server.close())

  const me = (client: Client) => client.rest('GET', '/auth/me')
  const put = ({ person }: Client, body: object) => admin.rest('PUT', `/admin/users/${person.id}`, body)
  const toggle = ({ person }: Client) => admin.rest('PATCH', `/admin/users/${person.id}/toggle-active`, {})
  const resetToken = async ({ person }: Client) =>
    (await expect(admin.rest('POST', `/admin/users/${person.id}/reset-password`, {}), 200)).body
  const reported = async ({ person }: Client) => {
    const rows = await server.query<{ event: string; payload: object }>(
      `select event, payload from event_log where (payload ->> 'user_id')::int = $1 order by "offset"`,
      [person.id],
    )
    return rows.map(({ event, payload }) => ({ event, ...payload }))
  }

  it('[AC25] refuses every call to strangers and to ordinary people', async () => {
    const ann = await server.user('ann')
    const path = `/admin/users/${ann.person.id}`
    const calls = [
      ['GET', '/admin/users'],
      ['GET', path],
      ['PUT', path],
      ['POST', `${path}/reset-password`],
      ['PATCH', `${path}/toggle-active`],
    ] as const
    for (const [method, address] of calls) {
      const body = method === 'GET' ? undefined : {}
      refuses(await server.rest(method, address, body), 'unauthenticated')
      refuses(await ann.rest(method, address, body), 'forbidden')
    }
  })

  describe('the list', () => {
    const found = async (query: string) =>
      (await expect(admin.rest('GET', `/admin/users?page_size=100&${query}`), 200)).body.results.map(
        (user: { id: number }) => user.id,
      )

    it('[AC25] shows whole accounts, newest first, without hashes', async () => {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')]
      const { body } = await expect(admin.rest('GET', '/admin/users?page_size=2'), 200)
      assert.deepEqual(
        body.results,
        [await me(bob), await me(ann)].map(answer => answer.body),
      )
      assert.ok(body.count >= 3 && body.next.includes('page=2'))
    })

    it('[AC25] filters by state, role, day of registration and text', async () => {
      const ann = await server.user('findable_ann')
      const { id } = ann.person
      await server.query(`update users set created_at = '2020-02-02T10:00:00Z', is_active = false where id = $1`, [id])
      assert.deepEqual(await found('is_active=false'), [id])
      assert.deepEqual(await found('role=admin'), [admin.person.id])
      assert.ok((await found('role=admin&role=user')).length > 2)
      assert.deepEqual(await found('search=FINDABLE_'), [id])
      const at = '2020-02-02T10:00:00Z'
      assert.deepEqual(await found(`registration_date_start=${at}&registration_date_end=${at}`), [id])
      assert.deepEqual(await found('registration_date_end=2020-02-02T09:59:59.999Z'), [])
    })

    it('[AC31] finds an address by its internationalised domain in both forms', async () => {
      const email = 'finder@xn--zrich-kva.example'
      const given = { email, username: 'finder_of_zurich', password: 'a password of its own' }
      const { body } = await expect(server.rest('POST', '/auth/register', given), 201)
      for (const search of ['Zürich', 'zürich.example', ' FINDER@zürich.EXAMPLE', email, 'xn--zrich'])
        assert.deepEqual(await found(`search=${encodeURIComponent(search)}`), [body.user.id], search)
    })

    it('[AC25] refuses unknown parameters', async () => {
      refuses(await admin.rest('GET', '/admin/users?tier=pro'), 'validation_error', ['tier'])
      refuses(await admin.rest('GET', '/admin/users?role=root'), 'validation_error', ['role'])
    })
  })

  describe('a change', () => {
    it('[AC25] sets the given fields and leaves the others', async () => {
      const ann = await server.user('ann')
      const { body } = await expect(put(ann, { tier: 'pro', permissions: ['events:publish', 'events:publish'] }), 200)
      assert.deepEqual([body.tier, body.permissions, body.role], ['pro', ['events:publish'], 'user'])
      assert.deepEqual((await me(ann)).body.permissions, ['events:publish'])
      assert.deepEqual((await admin.rest('GET', `/admin/users/${ann.person.id}`)).body, (await me(ann)).body)
    })

    it('[AC25] notifies the other instances of a change, and not when nothing changed', async () => {
      const ann = await server.user('ann')
      await expect(put(ann, {}), 200)
      await expect(put(ann, { role: 'user', tier: 'free', permissions: [], is_active: true, is_verified: false }), 200)
      await expect(put(ann, { role: 'admin' }), 200)
      const user_id = ann.person.id
      await eventually(async () =>
        assert.deepEqual(await reported(ann), [{ event: 'account_changed', user_id, role_changed: true }]),
      )
      await expect(put(ann, { role: 'user' }), 200)
    })

    it('[AC25] refuses to change an account that does not exist', async () => {
      const nowhere = { person: { id: 999_999 } } as Client
      refuses(await put(nowhere, { tier: 'pro' }), 'not_found')
      refuses(await toggle(nowhere), 'not_found')
      refuses(await admin.rest('POST', '/admin/users/999999/reset-password', {}), 'not_found')
      refuses(await admin.rest('GET', '/admin/users/999999'), 'not_found')
    })

    it('[AC26] applies a change of role from the next request on, without new tokens', async () => {
      const ann = await server.user('ann')
      const look = () => ann.rest('GET', '/admin/users')
      refuses(await look(), 'forbidden')
      await expect(put(ann, { role: 'admin' }), 200)
      await expect(look(), 200)
      await expect(put(ann, { role: 'user' }), 200)
      refuses(await look(), 'forbidden')
    })

    it('[AC18] cannot demote or disable the last active admin', async () => {
      refuses(await put(admin, { role: 'user' }), 'conflict')
      refuses(await put(admin, { is_active: false }), 'conflict')
      refuses(await toggle(admin), 'conflict')
      const disabled = await server.user('ann')
      await expect(put(disabled, { role: 'admin', is_active: false }), 200)
      refuses(await toggle(admin), 'conflict')
      await expect(put(disabled, { role: 'user' }), 200)
    })
  })

  describe('a disabled account', () => {
    it('[AC22] gets account_disabled for its token, its password and its refresh token', async () => {
      const ann = await server.user('ann')
      assert.equal((await expect(toggle(ann), 200)).body.is_active, false)
      refuses(await me(ann), 'account_disabled')
      refuses(await server.rest('POST', '/auth/login', { email: ann.email, password }), 'account_disabled')
      refuses(await server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken }), 'account_disabled')
    })

    it('[AC22] gets the ordinary refusal for a wrong password', async () => {
      const ann = await server.user('ann')
      await expect(toggle(ann), 200)
      const login = await server.rest('POST', '/auth/login', { email: ann.email, password: 'not the password' })
      refuses(login, 'invalid_credentials')
    })

    it('[AC22] gets account_disabled before its session is checked', async () => {
      const ann = await server.user('ann')
      await expect(ann.rest('POST', '/auth/logout', {}), 204)
      await expect(toggle(ann), 200)
      refuses(await me(ann), 'account_disabled')
    })

    it('[AC22] loses its sockets', async () => {
      const ann = await server.user('ann')
      const socket = await ann.socket()
      const errors: string[] = []
      socket.on('error', error => errors.push(error.error.code))
      await expect(put(ann, { is_active: false }), 200)
      await eventually(() => assert.equal(socket.connected, false))
      assert.deepEqual(errors, ['account_disabled'])
    })

    it('[AC22] can use its sessions again when it is enabled again', async () => {
      const ann = await server.user('ann')
      await expect(toggle(ann), 200)
      assert.equal((await expect(toggle(ann), 200)).body.is_active, true)
      await expect(me(ann), 200)
      await expect(server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken }), 200)
    })
  })

  describe('resetting a password', () => {
    const newPassword = 'copper lagoon 55'
    const reset = (token: string, secret = newPassword) =>
      server.rest('POST', '/auth/reset-password', { token, new_password: secret })

    it('[AC17] ends all sessions at once; the old password works until the token is used', async () => {
      const ann = await server.user('ann')
      const socket = await ann.socket()
      const { expires_at } = await resetToken(ann)
      assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 3_600_000) < 10_000)
      refuses(await me(ann), 'session_ended')
      await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 200)
      await eventually(() => assert.equal(socket.connected, false))
    })

    it('[AC17] sets the password with the token, and ends all sessions again', async () => {
      const ann = await server.user('ann')
      const { reset_token } = await resetToken(ann)
      const again = await server.login(ann.email)
      await expect(reset(reset_token), 204)
      refuses(await me(again), 'session_ended')
      refuses(await server.rest('POST', '/auth/login', { email: ann.email, password }), 'invalid_credentials')
      await server.login(ann.email, newPassword)
    })

    it('[AC17] accepts the token only once', async () => {
      const { reset_token } = await resetToken(await server.user('ann'))
      await expect(reset(reset_token), 204)
      refuses(await reset(reset_token), 'validation_error', ['token'])
    })

    it('[AC17] refuses an expired token and a missing token', async () => {
      const ann = await server.user('ann')
      const { reset_token } = await resetToken(ann)
      await server.query(`update password_resets set expires_at = expires_at - interval '61 minutes'`)
      for (const token of [reset_token, '', 'x'.repeat(43)]) {
        refuses(await reset(token), 'validation_error', ['token'])
      }
    })

    it('[AC17] refuses a token after a newer one was issued and after the person changed the password', async () => {
      const ann = await server.user('ann')
      const older = await resetToken(ann)
      const newer = await resetToken(ann)
      refuses(await reset(older.reset_token), 'validation_error', ['token'])
      const again = await server.login(ann.email)
      const body = { current_password: password, new_password: newPassword }
      await expect(again.rest('POST', '/auth/change-password', body), 204)
      refuses(await reset(newer.reset_token), 'validation_error', ['token'])
    })

    it('[AC17] does not use the token up when the new password is refused', async () => {
      const ann = await server.user('ann')
      const { reset_token } = await resetToken(ann)
      refuses(await reset(reset_token, 'password1'), 'validation_error', ['new_password'])
      refuses(await reset(reset_token, ann.email), 'validation_error', ['new_password'])
      await expect(reset(reset_token), 204)
    })
  })
})
