import assert from 'node:assert/strict'
import { createClient, secondFactorChallenge } from '../../sdk/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { codeOf, farFromNextStep, turnOnTwoFactor } from '../suites/totp.ts'

describe('the second factor', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())

  const login = (email: string) => server.rest('POST', '/auth/login', { email, password })
  const finish = (challenge: unknown, code: unknown) =>
    server.rest('POST', '/auth/login/second-factor', { challenge, code })
  const challengeOf = async ({ email }: Client): Promise<string> => {
    const { details } = refuses(await login(email), 'second_factor_required')
    return (details as { challenge: string }).challenge
  }
  const me = (client: Client) => client.rest('GET', '/auth/me')
  const age = (client: Client, interval: string) =>
    server.query(`update sessions set authenticated_at = authenticated_at - $1::interval where user_id = $2`, [
      interval,
      client.person.id,
    ])
  const stored = async (client: Client) =>
    (await server.query<any>('select * from totp_factors where user_id = $1', [client.person.id]))[0]
  const audited = async (client: Client, action: string) =>
    (await expect(server.admin.rest('GET', `/audit/logs?action=${action}&user_id=${client.person.id}`), 200)).body.data
      .count

  describe('turning it on', () => {
    it('[TF1] gives a secret for an app, and changes nothing until a code of it is confirmed', async () => {
      refuses(await server.rest('POST', '/auth/totp/setup', {}), 'unauthenticated')
      const ann = await server.user('ann')
      const { body } = await expect(ann.rest('POST', '/auth/totp/setup', {}), 200)
      assert.match(body.secret, /^[A-Z2-7]{32}$/)
      const url = new URL(body.otpauth_url)
      assert.equal(url.searchParams.get('secret'), body.secret)
      assert.match(decodeURIComponent(url.pathname), new RegExp(ann.email))
      await expect(login(ann.email), 200)
      refuses(await ann.rest('POST', '/auth/totp/confirm', { code: '000000' }), 'validation_error', ['code'])
      await expect(login(ann.email), 200)
      assert.equal((await me(ann)).body.two_factor, false)
    })

    it('[TF1] refuses six characters that are no digits', async () => {
      const ann = await server.user('ann')
      await expect(ann.rest('POST', '/auth/totp/setup', {}), 200)
      for (const code of ['𐀀!𐀀!', 'ääääää', '١٢٣٤٥٦', '------'])
        refuses(await ann.rest('POST', '/auth/totp/confirm', { code }), 'validation_error', ['code'])
    })

    it('[TF1] gives ten recovery codes once, is audited, and shows in the account', async () => {
      const ann = await server.user('ann')
      const { recoveryCodes } = await turnOnTwoFactor(ann)
      assert.equal(new Set(recoveryCodes).size, 10)
      for (const code of recoveryCodes) assert.match(code, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
      assert.equal((await me(ann)).body.two_factor, true)
      const { enabled, recovery_codes_left } = (await expect(ann.rest('GET', '/auth/totp'), 200)).body
      assert.deepEqual([enabled, recovery_codes_left], [true, 10])
      assert.equal(await audited(ann, 'user.two_factor_enabled'), 1)
      refuses(await ann.rest('POST', '/auth/totp/setup', {}), 'conflict')
    })

    it('[TF1] stores neither the secret nor the codes in plain text, also not with an idempotency key', async () => {
      const ann = await server.user('ann')
      const headers = (key: string) => ({ 'idempotency-key': key })
      const { secret } = (await ann.rest('POST', '/auth/totp/setup', {}, headers('one'))).body
      const confirmed = await ann.rest('POST', '/auth/totp/confirm', { code: codeOf(secret) }, headers('two'))
      const tables = ['totp_factors', 'recovery_codes', 'idempotency_keys', 'audit_log', 'outbox', 'event_log']
      for (const table of tables) {
        const text = JSON.stringify(await server.query(`select * from ${table} t`))
        for (const one of [secret, ...confirmed.body.recovery_codes])
          assert.ok(!text.includes(one) && !text.includes(Buffer.from(one).toString('hex')), table)
      }
      assert.ok(!(await stored(ann)).secret.toString().includes(secret))
    })

    it('[TF1] ends all other sessions', async () => {
      const ann = await server.user('ann')
      const other = await server.login(ann.email)
      await turnOnTwoFactor(ann)
      refuses(await me(other), 'session_ended')
      await expect(me(ann), 200)
    })

    it('[TF1] [AC42] requires a recent sign-in, or the password once more', async () => {
      const ann = await server.user('ann')
      await age(ann, '16 minutes')
      await expect(server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' }), 200)
      refuses(await ann.rest('POST', '/auth/totp/setup', {}), 'reauthentication_required')
      refuses(await ann.rest('POST', '/auth/totp/confirm', { code: '1' }), 'reauthentication_required')
      await expect(ann.rest('POST', '/auth/reauthenticate', { password }), 204)
      await turnOnTwoFactor(ann)
    })
  })

  describe('signing in', () => {
    let ann: Client
    let secret: string
    let recoveryCodes: string[]
    before(async () => {
      ann = await server.user('ann')
      ;({ secret, recoveryCodes } = await turnOnTwoFactor(ann))
    })
    const rewind = () =>
      server.query('update totp_factors set last_step = 0, failures = 0, failing_since = null where user_id = $1', [
        ann.person.id,
      ])
    beforeEach(rewind)

    it('[TF2] needs the password and then the code, and gives tokens and cookies', async () => {
      const challenge = await challengeOf(ann)
      const answer = await expect(finish(challenge, codeOf(secret)), 200)
      const cookies = answer.headers.getSetCookie().map(cookie => cookie.split('=')[0])
      assert.deepEqual(cookies.sort(), ['auth_token', 'csrf_token', 'refresh_token'])
      const authorization = `Bearer ${answer.body.access_token}`
      await expect(server.rest('GET', '/auth/me', undefined, { authorization }), 200)
      refuses(await finish(challenge, codeOf(secret, 1)), 'unauthenticated')
    })

    it('[TF2] is finished by the SDK, which then calls as the person', async () => {
      const client = createClient({ url: server.url, fetch })
      const challenge = await client.accounts
        .login({ email: ann.email, password })
        .then(() => null, secondFactorChallenge)
      assert.ok(challenge)
      await client.twoFactor.signIn({ challenge, code: codeOf(secret) })
      assert.equal((await client.accounts.me()).id, ann.person.id)
      assert.equal(secondFactorChallenge(new Error('another')), null)
    })

    it('[TF2] says nothing of the second factor to whoever has not the password', async () => {
      const wrong = await server.rest('POST', '/auth/login', { email: ann.email, password: 'wrong horse 9' })
      refuses(wrong, 'invalid_credentials')
    })

    it('[TF3] refuses a code that was used, in its time step and the one after (attack 22)', async () => {
      const code = codeOf(secret)
      await expect(finish(await challengeOf(ann), code), 200)
      refuses(await finish(await challengeOf(ann), code), 'invalid_credentials')
      refuses(await finish(await challengeOf(ann), codeOf(secret, -1)), 'invalid_credentials')
      await expect(finish(await challengeOf(ann), codeOf(secret, 1)), 200)
    })

    it('[TF3] accepts one of ten sign-ins with the same code at once', async () => {
      const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeOf(ann)))
      const code = codeOf(secret)
      const answers = await Promise.all(challenges.map(challenge => finish(challenge, code)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    })

    it('[TF3] accepts the codes of the steps before and after, and no others', async () => {
      for (const steps of [-3, 3])
        refuses(await finish(await challengeOf(ann), codeOf(secret, steps)), 'invalid_credentials')
      await farFromNextStep()
      for (const steps of [-1, 1]) await expect(finish(await challengeOf(ann), codeOf(secret, steps)), 200)
    })

    it('[TF4] answers the sixth guess with 429, in one sign-in and in several, and the right code too (attack 22)', async () => {
      for (const each of ['one', 'several']) {
        await rewind()
        let challenge = await challengeOf(ann)
        for (let guess = 1; guess <= 5; guess++) {
          refuses(await finish(challenge, '000000'), 'invalid_credentials')
          if (each === 'several') challenge = await challengeOf(ann)
        }
        const limited = await finish(challenge, codeOf(secret))
        refuses(limited, 'rate_limited')
        assert.ok(Number(limited.headers.get('retry-after')) > 0)
      }
    })

    it('[TF4] locks nobody out for good: after 15 minutes codes count again, and recovery codes always', async () => {
      for (let guess = 1; guess <= 5; guess++) await finish(await challengeOf(ann), '000000')
      refuses(await finish(await challengeOf(ann), codeOf(secret)), 'rate_limited')
      await expect(finish(await challengeOf(ann), recoveryCodes[0]), 200)
      await server.query(`update totp_factors set failing_since = failing_since - interval '15 minutes'`)
      await expect(finish(await challengeOf(ann), codeOf(secret)), 200)
    })

    it('[TF5] takes each recovery code once, however it is typed, and counts those that are left', async () => {
      const typed = ` ${recoveryCodes[1]!.toUpperCase().replaceAll('-', ' ')}`
      const { body } = await expect(finish(await challengeOf(ann), typed), 200)
      refuses(await finish(await challengeOf(ann), recoveryCodes[1]), 'invalid_credentials')
      const authorization = `Bearer ${body.access_token}`
      const status = await server.rest('GET', '/auth/totp', undefined, { authorization })
      assert.equal(status.body.recovery_codes_left, 8)
      assert.equal(await audited(ann, 'user.recovery_code_used'), 2)
    })

    it('[TF5] does not take a recovery code of somebody else', async () => {
      const bob = await server.user('bob')
      const { recoveryCodes: others } = await turnOnTwoFactor(bob)
      refuses(await finish(await challengeOf(ann), others[0]), 'invalid_credentials')
    })

    it('[TF2] keeps the latest sign-ins of an account only', async () => {
      const first = await challengeOf(ann)
      for (let nth = 0; nth < 20; nth++) await challengeOf(ann)
      const [row] = await server.query<{ count: number }>(
        'select count(*)::int as count from sign_in_challenges where user_id = $1',
        [ann.person.id],
      )
      assert.equal(row!.count, 20)
      refuses(await finish(first, codeOf(secret)), 'unauthenticated')
    })

    it('[TF2] forgets a sign-in after five minutes, and when the password changes or the account is disabled', async () => {
      for (const challenge of ['', 'x', 'x'.repeat(43)]) refuses(await finish(challenge, '123456'), 'unauthenticated')
      const late = await challengeOf(ann)
      await server.query(`update sign_in_challenges set expires_at = expires_at - interval '5 minutes'`)
      refuses(await finish(late, codeOf(secret)), 'unauthenticated')

      const bob = await server.user('bob')
      const { secret: bobs } = await turnOnTwoFactor(bob)
      const [first, second] = [await challengeOf(bob), await challengeOf(bob)]
      await expect(server.admin.rest('PATCH', `/admin/users/${bob.person.id}/toggle-active`, {}), 200)
      refuses(await finish(first, codeOf(bobs, 1)), 'account_disabled')
      await expect(server.admin.rest('PATCH', `/admin/users/${bob.person.id}/toggle-active`, {}), 200)
      const change = { current_password: password, new_password: 'another horse 9' }
      await expect(bob.rest('POST', '/auth/change-password', change), 204)
      refuses(await finish(second, codeOf(bobs, 1)), 'unauthenticated')
    })
  })

  describe('turning it off', () => {
    it('[TF6] requires the password, and then signing in needs no code', async () => {
      const ann = await server.user('ann')
      refuses(await ann.rest('DELETE', '/auth/totp', { password }), 'not_found')
      await turnOnTwoFactor(ann)
      refuses(await server.rest('DELETE', '/auth/totp', { password }), 'unauthenticated')
      refuses(await ann.rest('DELETE', '/auth/totp', { password: 'wrong horse 9' }), 'validation_error', ['password'])
      refuses(await ann.rest('DELETE', '/auth/totp', {}), 'validation_error', ['password'])
      await expect(ann.rest('DELETE', '/auth/totp', { password }), 204)
      await expect(login(ann.email), 200)
      assert.equal((await me(ann)).body.two_factor, false)
      assert.equal(await audited(ann, 'user.two_factor_disabled'), 1)
    })

    it('[TF6] administrators take it from somebody who has lost it, which ends all sessions and is audited', async () => {
      const ann = await server.user('ann')
      await turnOnTwoFactor(ann)
      const path = `/admin/users/${ann.person.id}/totp`
      refuses(await ann.rest('DELETE', path, {}), 'forbidden')
      const socket = await ann.socket()
      const { body } = await expect(server.admin.rest('DELETE', path, {}), 200)
      assert.equal(body.two_factor, false)
      refuses(await me(ann), 'session_ended')
      await eventually(() => assert.equal(socket.connected, false))
      await expect(login(ann.email), 200)
      refuses(await server.admin.rest('DELETE', path, {}), 'not_found')
    })

    it('[TF5] new recovery codes replace the old ones', async () => {
      const ann = await server.user('ann')
      refuses(await ann.rest('POST', '/auth/totp/recovery-codes', {}), 'not_found')
      const { recoveryCodes } = await turnOnTwoFactor(ann)
      const { body } = await expect(ann.rest('POST', '/auth/totp/recovery-codes', {}), 200)
      refuses(await finish(await challengeOf(ann), recoveryCodes[0]), 'invalid_credentials')
      await expect(finish(await challengeOf(ann), body.recovery_codes[0]), 200)
    })
  })
})
