import assert from 'node:assert/strict'
import { optionalNotificationTypes } from '../../contract/index.ts'
import { created } from '../suites/answers.ts'
import { codeOf, turnOnTwoFactor } from '../suites/totp.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'

describe('what a person is told of the security of their account', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())
  beforeEach(async () => {
    ann = await server.user('ann')
  })

  const notices = async (client: Client) =>
    (await expect(client.rest('GET', '/notifications'), 200)).body.results
      .filter(({ type }: any) => type === 'security')
      .toReversed()
  const told = async (client: Client): Promise<string[]> => (await notices(client)).map(({ message }: any) => message)

  it('[NT7] a second factor that is turned on and off, and its codes, whoever did it', async () => {
    const { secret, recoveryCodes } = await turnOnTwoFactor(ann)
    await expect(ann.rest('POST', '/auth/totp/recovery-codes', {}), 200)
    const { body } = await server.rest('POST', '/auth/login', { email: ann.email, password })
    const { challenge } = body.error.details
    const [code] = (await expect(ann.rest('POST', '/auth/totp/recovery-codes', {}), 200)).body.recovery_codes
    assert.notEqual(code, recoveryCodes[0])
    await expect(server.rest('POST', '/auth/login/second-factor', { challenge, code }), 200)
    await expect(ann.rest('DELETE', '/auth/totp', { password }), 204)
    const again = (await expect(ann.rest('POST', '/auth/totp/setup', {}), 200)).body.secret
    assert.notEqual(again, secret)
    await expect(ann.rest('POST', '/auth/totp/confirm', { code: codeOf(again) }), 200)
    await expect(server.admin.rest('DELETE', `/admin/users/${ann.person.id}/totp`), 200)
    ann = await server.login(ann.email)
    assert.deepEqual(await told(ann), [
      'Two-factor sign-in was turned on.',
      'New recovery codes were made; the former ones work no more.',
      'New recovery codes were made; the former ones work no more.',
      'Somebody signed in with one of your recovery codes.',
      'Two-factor sign-in was turned off.',
      'Two-factor sign-in was turned on.',
      'Two-factor sign-in was turned off by an administrator.',
    ])
  })

  it('[NT7] an API key that is made, changed, gets a new secret or is revoked, but not another name', async () => {
    const { id, prefix } = await created(ann, '/api-keys', { name: 'script', permissions: ['tasks:read'] })
    await expect(ann.rest('PATCH', `/api-keys/${id}`, { name: 'robot' }), 200)
    await expect(ann.rest('PATCH', `/api-keys/${id}`, { permissions: ['tasks:read', 'tasks:write'] }), 200)
    await expect(ann.rest('POST', `/api-keys/${id}/rotate`, {}), 200)
    await expect(server.admin.rest('DELETE', `/api-keys/${id}`), 204)
    assert.deepEqual(await told(ann), [
      `Your API key “script” (${prefix}…) was made.`,
      `Your API key “robot” (${prefix}…) was changed.`,
      `Your API key “robot” (${prefix}…) got a new secret.`,
      `Your API key “robot” (${prefix}…) was revoked by an administrator.`,
    ])
    assert.ok((await notices(ann)).every(({ data }: any) => data.api_key_id === id))
    assert.deepEqual(await told(server.admin), [])
  })

  it('[NT7] a password that is changed, or set with a token; API keys go on working', async () => {
    const { key } = await created(ann, '/api-keys', { name: 'script', permissions: ['tasks:read'] })
    const change = { current_password: password, new_password: 'another good password 7' }
    await expect(ann.rest('POST', '/auth/change-password', change), 204)
    const reset = await expect(server.admin.rest('POST', `/admin/users/${ann.person.id}/reset-password`, {}), 200)
    const set = { token: reset.body.reset_token, new_password: password }
    await expect(server.rest('POST', '/auth/reset-password', set), 204)
    await expect(server.rest('GET', '/tasks', undefined, { 'x-api-key': key }), 200)
    ann = await server.login(ann.email)
    const keys = 'Your API keys go on working; revoke those that you do not trust.'
    assert.deepEqual((await told(ann)).slice(1), [
      `Your password was changed. ${keys}`,
      'An administrator has reset your password and ended your sessions: set a new one with the link that you get.',
      `Your password was set anew. ${keys}`,
    ])
  })

  it('[NT7] whatever else they have switched off, and nobody can switch this off', async () => {
    const off = Object.fromEntries(optionalNotificationTypes.map(type => [type, false]))
    await expect(ann.rest('PUT', '/notifications/preferences', off), 200)
    await turnOnTwoFactor(ann)
    assert.equal((await told(ann)).length, 1)
  })

  it('[TF9] a secret that was never confirmed goes without a word, in the audit log too', async () => {
    await expect(ann.rest('POST', '/auth/totp/setup', {}), 200)
    await expect(ann.rest('DELETE', '/auth/totp', { password }), 204)
    assert.equal((await ann.rest('DELETE', '/auth/totp', { password })).status, 404)
    await expect(ann.rest('POST', '/auth/totp/setup', {}), 200)
    assert.equal((await server.admin.rest('DELETE', `/admin/users/${ann.person.id}/totp`)).status, 404)
    assert.deepEqual(await told(ann), [])
    const { data } = (await expect(server.admin.rest('GET', `/audit/logs?resource=user&user_id=${ann.person.id}`), 200))
      .body
    assert.ok(
      data.results.every(({ action }: any) => !action.includes('two_factor')),
      JSON.stringify(data.results),
    )
  })
})
