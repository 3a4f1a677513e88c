import assert from 'node:assert/strict'
import { hash } from '@node-rs/argon2'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

const newPassword = 'copper lagoon 55'

describe('accounts', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    // With the usual cost of a hash (AC4).
    server = await startServer({ tuning: { passwordCost: undefined } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  let count = 0
  const account = (changes: object = {}) => {
    const username = `new-${++count}`
    return { email: `${username}@example.com`, username, password, ...changes }
  }
  const register = (body: object) => server.rest('POST', '/auth/register', body)
  const login = (email: string, secret = password) => server.rest('POST', '/auth/login', { email, password: secret })
  const me = (client: Client) => client.rest('GET', '/auth/me')

  describe('registration', () => {
    it('[AC1] answers with tokens and an ordinary account', async () => {
      const given = account()
      const { body } = await expect(register(given), 201)
      assert.deepEqual([body.token_type, body.expires_in], ['Bearer', 900])
      const { id, created_at, last_seen_at: _, ...user } = body.user
      assert.ok(Number.isInteger(id) && Date.now() - Date.parse(created_at) < 60_000)
      assert.deepEqual(user, {
        email: given.email,
        username: given.username,
        name: given.username,
        role: 'user',
        permissions: [],
        tier: 'free',
        is_active: true,
        is_verified: false,
        is_banned: false,
        two_factor: false,
        has_password: true,
      })
    })

    it('[AC1] keeps the e-mail and the name as they were given', async () => {
      const { body } = await expect(register(account({ email: 'Odd.Case@Example.com', name: '  Ünï 🐙 ' })), 201)
      assert.deepEqual([body.user.email, body.user.name], ['Odd.Case@Example.com', '  Ünï 🐙 '])
    })

    it('[AC1] refuses a taken e-mail or username with a conflict on that field, in any case (attack 19)', async () => {
      refuses(await register(account({ email: ann.email.toUpperCase() })), 'conflict', ['email'])
      refuses(await register(account({ username: ann.person.username.toUpperCase() })), 'conflict', ['username'])
    })

    it('[AC31] treats an e-mail address as the same with white space around it and with its domain in either form', async () => {
      const { body } = await expect(register(account({ email: ' ilse.idn@bücher.example\t' })), 201)
      assert.equal(body.user.email, 'ilse.idn@xn--bcher-kva.example')
      for (const email of ['ilse.idn@BÜCHER.example', 'Ilse.IDN@xn--bcher-kva.example'])
        refuses(await register(account({ email })), 'conflict', ['email'])
      await expect(login('  ilse.idn@bücher.example '), 200)
    })

    it('[AC1] names both fields when both are taken', async () => {
      const { body } = await register({ ...account(), email: ann.email, username: ann.person.username })
      assert.deepEqual(Object.keys(body.error.field_errors).sort(), ['email', 'username'])
    })

    it('[AC1] gives one username to one of twenty simultaneous registrations, and the others get a conflict', async () => {
      const bodies = Array.from({ length: 20 }, () => account({ username: 'wanted' }))
      const answers = await Promise.all(bodies.map(register))
      const refused = answers.filter(answer => answer.status !== 201)
      assert.equal(refused.length, 19)
      for (const answer of refused) refuses(answer, 'conflict', ['username'])
    })

    it('[AC1] refuses a role in the registration', async () => {
      refuses(await register(account({ role: 'admin' })), 'validation_error', ['role'])
    })

    for (const [name, secret, attack] of [
      ['common', 'Password123', 16],
      ['short', '1234567', 15],
      ['long', 'x'.repeat(129), 15],
    ] as const) {
      it(`[AC2] refuses a ${name} password on its field (attack ${attack})`, async () => {
        refuses(await register(account({ password: secret })), 'validation_error', ['password'])
      })
    }

    it('[AC2] refuses the e-mail and the username as the password (attack 16)', async () => {
      const email = 'long.enough@example.com'
      refuses(await register(account({ email, password: 'Long.Enough' })), 'validation_error', ['password'])
      refuses(await register(account({ username: 'also-long', password: 'also-LONG' })), 'validation_error', [
        'password',
      ])
    })

    it('[AC2] keeps a password of 128 characters with emoji and spaces verbatim (attack 15)', async () => {
      const secret = ` ${'🐙'.repeat(62)} x `
      const { body } = await expect(register(account({ password: secret })), 201)
      await expect(login(body.user.email, secret), 200)
      refuses(await login(body.user.email, secret.trim()), 'invalid_credentials')
    })
  })

  describe('signing in', () => {
    it('[AC3] gives the same answer to a wrong password and to an unknown e-mail (attack 19)', async () => {
      const [wrong, unknown] = [await login(ann.email, 'not the password'), await login('nobody@example.com')]
      refuses(wrong, 'invalid_credentials')
      assert.deepEqual(unknown.body.error, wrong.body.error)
    })

    it('[AC3] accepts the e-mail in any case', async () => {
      const { body } = await expect(login(ann.email.toUpperCase()), 200)
      assert.equal(body.user.id, ann.person.id)
    })

    it('[AC3] does not validate the format of the e-mail and the password', async () => {
      refuses(await login('no e-mail at all', 'x'), 'invalid_credentials')
    })

    it('[AC4] hashes a password again that was hashed with older parameters', async () => {
      const old = await server.user()
      const stored = () =>
        server.query<{ hash: string }>('select password_hash as hash from users where id = $1', [old.person.id])
      const outdated = await hash(password, { memoryCost: 12_288, timeCost: 3, parallelism: 1 })
      await server.query('update users set password_hash = $1 where id = $2', [outdated, old.person.id])
      await expect(login(old.email), 200)
      assert.match((await stored())[0]!.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      await expect(login(old.email), 200)
    })

    it('[AC8] stores no credential in plain text', async () => {
      const dump = await server.query<{ line: string }>(
        'select users::text as line from users union all select sessions::text from sessions ' +
          'union all select refresh_tokens::text from refresh_tokens',
      )
      const everything = JSON.stringify(dump)
      for (const secret of [password, ann.token, ann.refreshToken]) assert.ok(!everything.includes(secret))
    })
  })

  describe('one’s own account', () => {
    it('[AC23] refuses a caller who is not signed in', async () => {
      refuses(await server.rest('GET', '/auth/me'), 'unauthenticated')
      refuses(await server.rest('PATCH', '/auth/me', { name: 'x' }), 'unauthenticated')
    })

    it('[AC23] shows the account without its password', async () => {
      const { body } = await expect(me(ann), 200)
      assert.equal(body.id, ann.person.id)
      assert.equal(JSON.stringify(body).includes('argon2'), false)
    })

    it('[AC23] shows a new name in the next request', async () => {
      const bob = await server.user('bob')
      const { body } = await expect(bob.rest('PATCH', '/auth/me', { name: 'Robert' }), 200)
      assert.equal(body.name, 'Robert')
      assert.deepEqual((await me(bob)).body, body)
    })

    it('[AC23] refuses a taken username with a conflict, and accepts the own username in another case', async () => {
      const bob = await server.user('bob')
      const patch = (username: string) => bob.rest('PATCH', '/auth/me', { username })
      refuses(await patch(ann.person.username.toUpperCase()), 'conflict', ['username'])
      await expect(patch(bob.person.username.toUpperCase()), 200)
    })

    it('[AC23] refuses changes of the own role, verification and id', async () => {
      const change = { role: 'admin', is_verified: true, id: 1, created_at: '2020-01-01T00:00:00Z', tier: 'pro' }
      for (const [field, value] of Object.entries(change)) {
        refuses(await ann.rest('PATCH', '/auth/me', { [field]: value }), 'validation_error', [field])
      }
    })

    it('[AC23] notifies the other instances of a change, and not when nothing changed', async () => {
      const bob = await server.user('bob')
      const reported = async () => {
        const rows = await server.query<{ count: number }>(
          `select count(*) from event_log where event = 'account_changed' and (payload ->> 'user_id')::int = $1`,
          [bob.person.id],
        )
        return rows[0]!.count
      }
      await expect(bob.rest('PATCH', '/auth/me', { name: bob.person.name, username: bob.person.username }), 200)
      await expect(bob.rest('PATCH', '/auth/me', { name: 'Robert' }), 200)
      await eventually(async () => assert.equal(await reported(), 1))
    })
  })

  describe('changing the password', () => {
    const change = (client: Client, current_password: string, new_password: string) =>
      client.rest('POST', '/auth/change-password', { current_password, new_password })

    it('[AC16] refuses a caller who is not signed in', async () => {
      const body = { current_password: password, new_password: newPassword }
      refuses(await server.rest('POST', '/auth/change-password', body), 'unauthenticated')
    })

    it('[AC16] requires the current password', async () => {
      refuses(await change(ann, 'not the password', newPassword), 'validation_error', ['current_password'])
    })

    it('[AC2] reports a bad new password on its own field (attack 16)', async () => {
      refuses(await change(ann, password, 'qwerty123'), 'validation_error', ['new_password'])
      refuses(await change(ann, password, ann.email.toUpperCase()), 'validation_error', ['new_password'])
    })

    it('[AC16] accepts only the new password afterwards', async () => {
      const bob = await server.user('bob')
      await expect(change(bob, password, newPassword), 204)
      refuses(await login(bob.email), 'invalid_credentials')
      await expect(login(bob.email, newPassword), 200)
    })

    it('[AC16] ends all other sessions and their sockets, and keeps this session', async () => {
      const bob = await server.user('bob')
      const elsewhere = await server.login(bob.email)
      const socket = await elsewhere.socket()
      await expect(me(elsewhere), 200)
      await expect(change(bob, password, newPassword), 204)
      refuses(await me(elsewhere), 'session_ended')
      refuses(await server.rest('POST', '/auth/refresh', { refresh_token: elsewhere.refreshToken }), 'session_ended')
      await expect(me(bob), 200)
      await eventually(() => assert.equal(socket.connected, false))
    })
  })

  describe('closed registration', () => {
    it('[AC1] refuses every registration with 403, and sign-ins continue to work', async () => {
      const closed = await startServer({ env: { REGISTRATION: 'closed' } })
      try {
        refuses(await closed.rest('POST', '/auth/register', account()), 'forbidden')
        refuses(await closed.rest('POST', '/auth/register', account({ email: closed.admin.email })), 'forbidden')
        await expect(closed.rest('POST', '/auth/login', { email: closed.admin.email, password }), 200)
      } finally {
        await closed.close()
      }
    })
  })
})
