import assert from 'node:assert/strict'
import SCIMMY from 'scimmy'
import { eventually } from '../support/eventually.ts'
import { type Answer, type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { programOf } from '../suites/api-keys.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const errorMessage = 'urn:ietf:params:scim:api:messages:2.0:Error'

describe('SCIM', () => {
  let server: TestServer
  let key: string
  before(async () => {
    server = await startServer()
    key = (await programOf(server, server.admin, ['admin'])).key
  })
  after(() => server.close())

  async function scim(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(`${server.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json', ...headers },
      ...sent,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  let people = 0
  const newUser = (more: object = {}) => {
    const userName = `zoe-${++people}@corp.example`
    const emails = [{ value: userName, type: 'work', primary: true }]
    return { schemas: [core], userName, externalId: `ext-${people}`, displayName: 'Zoe', emails, active: true, ...more }
  }
  const make = async (more: object = {}) => (await expect(scim('POST', '/Users', newUser(more)), 201)).body
  const patch = (id: string, ...Operations: object[]) =>
    scim('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations })
  const find = async (filter: string) =>
    (await expect(scim('GET', `/Users?filter=${encodeURIComponent(filter)}`), 200)).body
  const refusesScim = (answer: Answer, status: number, scimType?: string) => {
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    assert.match(answer.headers.get('content-type')!, /^application\/scim\+json/)
    assert.deepEqual([answer.body.schemas, answer.body.status], [[errorMessage], String(status)])
    assert.equal(answer.body.scimType, scimType, JSON.stringify(answer.body))
  }
  /** The account as administrators see it. */
  const account = async (id: string) => (await expect(server.admin.rest('GET', `/admin/users/${id}`), 200)).body

  describe('who may', () => {
    it('[SC1] takes an API key with the permission admin, as a Bearer token or in X-API-Key, at each address', async () => {
      await expect(scim('GET', '/Users'), 200)
      for (const base of ['', '/api', '/api/v1']) {
        const answer = await fetch(`${server.url}${base}/scim/v2/ServiceProviderConfig`, {
          headers: { 'x-api-key': key },
        })
        assert.equal(answer.status, 200)
      }
    })

    it('[SC1] refuses everybody else, a session of an administrator too', async () => {
      const weak = (await programOf(server, server.admin, ['tasks:read'])).key
      refusesScim(await scim('GET', '/Users', undefined, { authorization: `Bearer ${weak}` }), 403)
      await eventually(async () => {
        const { results } = (await server.admin.rest('GET', '/audit/logs?action=access.refused')).body.data
        assert.deepEqual([results[0]?.details.method, results[0]?.details.path], ['GET', '/scim/v2/Users'])
      })
      for (const authorization of ['', `Bearer ${server.admin.token}`, 'Bearer tw_x_y', 'Basic eDp5'])
        refusesScim(await scim('GET', '/Users', undefined, { authorization }), 401)
      refusesScim(await scim('DELETE', '/Users/1', undefined, { authorization: '' }), 401)
    })

    it('[SC1] tells every refusal in the form of SCIM, also one that comes before SCIM is reached', async () => {
      refusesScim(await scim('POST', '/Users', '{'), 400, 'invalidSyntax')
      refusesScim(await scim('POST', '/Users', newUser(), { 'content-type': 'text/plain' }), 415)
      const limited = await startServer({ env: { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_FREE: '3' } })
      try {
        const call = () => fetch(`${limited.url}/scim/v2/Users`)
        let response = await call()
        for (let nth = 0; nth < 3 && response.status === 401; nth++) response = await call()
        refusesScim({ status: response.status, headers: response.headers, body: await response.json() }, 429)
        assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
      } finally {
        await limited.close()
      }
    })
  })

  describe('reading', () => {
    it('[SC2] gives a user that another implementation of SCIM accepts', async () => {
      const { id } = await make()
      const { body, headers } = await expect(scim('GET', `/Users/${id}`), 200)
      assert.equal(headers.get('etag'), body.meta.version)
      assert.match(body.meta.location, /\/scim\/v2\/Users\/\d+$/)
      const coerced = SCIMMY.Schemas.User.definition.coerce(structuredClone(body), 'out') as any
      assert.equal(coerced.userName, body.userName)
      assert.deepEqual(
        coerced.emails.map((email: any) => email.value),
        [body.userName],
      )
    })

    it('[SC2] lists by pages, which another implementation of SCIM accepts', async () => {
      for (let nth = 0; nth < 3; nth++) await make()
      const { body } = await expect(scim('GET', '/Users?startIndex=2&count=2'), 200)
      assert.deepEqual([body.startIndex, body.itemsPerPage, body.Resources.length], [2, 2, 2])
      assert.ok(body.totalResults >= 4)
      const first = await expect(scim('GET', '/Users?count=3'), 200)
      const list = new SCIMMY.Messages.ListResponse(first.body) as any
      assert.equal(list.Resources.length, 3)
      const none = await expect(scim('GET', '/Users?count=0'), 200)
      assert.deepEqual([none.body.totalResults, none.body.Resources], [body.totalResults, []])
      const past = await expect(scim('GET', '/Users?startIndex=100000'), 200)
      assert.deepEqual(past.body.Resources, [])
      for (const query of ['count=x', 'startIndex=1e9'])
        refusesScim(await scim('GET', `/Users?${query}`), 400, 'invalidValue')
    })

    it('[SC2] finds people by what providers ask for, whatever the case, and also accounts that were made here', async () => {
      const ann = await server.user('ann')
      const { id, userName, externalId } = await make({ displayName: 'Zoe Quartz' })
      for (const filter of [
        `userName eq "${userName.toUpperCase()}"`,
        `externalId eq "${externalId}"`,
        `emails.value eq "${userName}" and active eq true`,
        `${core}:userName eq "${userName}"`,
        `displayName co "quartz" and id eq "${id}"`,
        `userName sw "${userName.slice(0, 5)}" and externalId pr and externalId eq "${externalId}"`,
      ]) {
        const { totalResults, Resources } = await find(filter)
        assert.deepEqual([totalResults, Resources[0]?.id], [1, id], filter)
      }
      assert.equal((await find(`userName eq "${ann.email}"`)).Resources[0].id, String(ann.person.id))
      assert.equal((await find('userName eq "nobody@corp.example"')).totalResults, 0)
    })

    for (const filter of [
      'userName',
      'userName eq',
      'userName eq ann',
      'nothing eq "x"',
      'constructor eq "x"',
      'userName eq "a" or userName eq "b"',
      'userName eq "\u0000"',
      'active eq "x"',
      `userName eq "${'x'.repeat(1_000)}"`,
      Array.from({ length: 11 }, () => 'active eq true').join(' and '),
    ])
      it(`[SC2] refuses the filter ${JSON.stringify(filter.slice(0, 40))}`, async () => {
        refusesScim(await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`), 400, 'invalidFilter')
      })

    it('[SC2] shows only the attributes that are asked for, and says when nothing has changed', async () => {
      const { id, meta } = await make()
      const { body } = await expect(scim('GET', `/Users/${id}?attributes=userName`), 200)
      assert.deepEqual(Object.keys(body).sort(), ['id', 'schemas', 'userName'])
      const without = await expect(scim('GET', `/Users/${id}?excludedAttributes=emails,meta`), 200)
      assert.equal('emails' in without.body, false)
      await expect(scim('GET', `/Users/${id}`, undefined, { 'if-none-match': meta.version }), 304)
    })

    it('[SC3] describes itself, and answers what it has not with 404', async () => {
      const config = await expect(scim('GET', '/ServiceProviderConfig'), 200)
      assert.deepEqual([config.body.patch.supported, config.body.bulk.supported], [true, false])
      const types = await expect(scim('GET', '/ResourceTypes'), 200)
      assert.equal(types.body.Resources[0].endpoint, '/Users')
      await expect(scim('GET', '/ResourceTypes/User'), 200)
      const schemas = await expect(scim('GET', '/Schemas'), 200)
      assert.equal(schemas.body.Resources[0].id, core)
      await expect(scim('GET', `/Schemas/${core}`), 200)
      for (const path of ['/Groups', '/Bulk', '/Users/0', '/Users/999999', '/Users/x', '/Schemas/x'])
        refusesScim(await scim('GET', path), 404)
    })
  })

  describe('changing', () => {
    it('[SC4] makes an account without a password, whose person signs in elsewhere or sets one by e-mail', async () => {
      const { status, headers, body } = await scim('POST', '/Users', newUser())
      assert.deepEqual([status, headers.get('location')], [201, body.meta.location])
      const { email, is_verified, has_password, role, name } = await account(body.id)
      assert.deepEqual([email, is_verified, has_password, role, name], [body.userName, true, false, 'user', 'Zoe'])
    })

    it('[SC4] refuses what is taken with 409, and what is no user', async () => {
      const { userName, externalId } = await make()
      const ann = await server.user('ann')
      refusesScim(await scim('POST', '/Users', newUser({ userName })), 409, 'uniqueness')
      refusesScim(await scim('POST', '/Users', newUser({ externalId })), 409, 'uniqueness')
      refusesScim(await scim('POST', '/Users', newUser({ emails: [{ value: ann.email }] })), 409, 'uniqueness')
      refusesScim(await scim('POST', '/Users', { schemas: [core] }), 400, 'invalidValue')
      refusesScim(await scim('POST', '/Users', { schemas: [core], userName: 'zoe' }), 400, 'invalidValue')
      refusesScim(await scim('POST', '/Users', newUser({ emails: [{ value: 'no address' }] })), 400, 'invalidValue')
      refusesScim(await scim('POST', '/Users', newUser({ displayName: 'x'.repeat(400) })), 400, 'invalidValue')
      const { id } = await make()
      for (const path of ['userName', 'externalId', 'displayName', 'emails.value'])
        refusesScim(await patch(id, { op: 'replace', path, value: 'a\0b@corp.example' }), 400, 'invalidValue')
      for (const field of ['userName', 'externalId', 'displayName'])
        for (const value of ['\0x@corp.example', '\ud800x@corp.example'])
          refusesScim(await scim('POST', '/Users', newUser({ [field]: value })), 400, 'invalidValue')
      refusesScim(await scim('POST', '/Users', newUser({ userName: ' ' })), 400, 'invalidValue')
      refusesScim(await scim('POST', '/Users', '{'), 400, 'invalidSyntax')
      refusesScim(await scim('POST', '/Users', 'x', { 'content-type': 'text/plain' }), 415)
    })

    it('[SC5] replaces a user, and a part of it with every spelling that providers use', async () => {
      const { id, meta } = await make()
      const whole = newUser({ displayName: undefined, name: { givenName: 'Zoë', familyName: 'Quartz' } })
      const replaced = await expect(scim('PUT', `/Users/${id}`, whole, { 'if-match': meta.version }), 200)
      assert.deepEqual([replaced.body.displayName, replaced.body.emails[0].value], ['Zoë Quartz', whole.userName])
      refusesScim(await scim('PUT', `/Users/${id}`, whole, { 'if-match': meta.version }), 412)

      await expect(patch(id, { op: 'Replace', path: 'displayName', value: 'One' }), 200)
      await expect(patch(id, { op: 'add', value: { displayName: 'Two', 'name.givenName': 'x', title: 'Boss' } }), 200)
      await expect(patch(id, { op: 'replace', path: 'emails[type eq "work"].value', value: 'two@corp.example' }), 200)
      const { body } = await expect(patch(id, { op: 'remove', path: 'externalId' }), 200)
      assert.deepEqual(
        [body.displayName, body.emails[0].value, body.externalId],
        ['Two', 'two@corp.example', undefined],
      )
      assert.equal((await account(id)).email, 'two@corp.example')
      refusesScim(await patch(id, { op: 'replace', path: 'nothing', value: 1 }), 400, 'invalidPath')
      refusesScim(await patch(id, { op: 'remove' }), 400, 'invalidPath')
      refusesScim(await patch(id, { op: 'remove', path: 'userName' }), 400, 'mutability')
      refusesScim(await patch(id, { op: 'move', path: 'userName' }), 400, 'invalidValue')
      refusesScim(await scim('PATCH', `/Users/${id}`, { Operations: [] }), 400, 'invalidValue')
      refusesScim(await patch('999999', { op: 'replace', path: 'active', value: false }), 404)
    })

    it('[SC5] loses nothing of two changes at once, and lets one of two through that saw the same version', async () => {
      const { id } = await make()
      for (let nth = 0; nth < 5; nth++) {
        const [userName, externalId] = [`both-${nth}@corp.example`, `both-${nth}`]
        await Promise.all([
          expect(patch(id, { op: 'replace', path: 'userName', value: userName }), 200),
          expect(patch(id, { op: 'replace', path: 'externalId', value: externalId }), 200),
        ])
        const { body } = await expect(scim('GET', `/Users/${id}`), 200)
        assert.deepEqual([body.userName, body.externalId], [userName, externalId])

        const change = (value: string) => ({
          schemas: [patchOp],
          Operations: [{ op: 'add', path: 'displayName', value }],
        })
        const headers = { 'if-match': body.meta.version }
        const answers = await Promise.all(
          [`One ${nth}`, `Two ${nth}`].map(name => scim('PATCH', `/Users/${id}`, change(name), headers)),
        )
        assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412])
      }
    })

    it('[NT7] tells a person of another address, and not of another name', async () => {
      const { id } = await make()
      await expect(patch(id, { op: 'replace', path: 'displayName', value: 'Somebody Else' }), 200)
      await expect(patch(id, { op: 'replace', path: 'emails', value: [{ value: `told-${id}@corp.example` }] }), 200)
      assert.deepEqual(await server.query('select type, message from notifications where user_id = $1', [id]), [
        { type: 'security', message: 'The e-mail address of your account was changed by an identity provider.' },
      ])
    })

    it('[SC5] a new address ends what was sent to the former one for a new password', async () => {
      const { id } = await make()
      const { reset_token } = (await expect(server.admin.rest('POST', `/admin/users/${id}/reset-password`), 200)).body
      const change = { op: 'replace', path: 'emails', value: [{ value: `moved-${id}@corp.example` }] }
      await expect(patch(id, change), 200)
      const reset = await server.rest('POST', '/auth/reset-password', { token: reset_token, new_password: password })
      assert.deepEqual([reset.status, Object.keys(reset.body.error.field_errors)], [400, ['token']])
    })

    it('[SC5] audits what a provider does, with the key', async () => {
      const { id } = await make()
      await patch(id, { op: 'replace', path: 'active', value: false })
      const { body } = await expect(server.admin.rest('GET', `/audit/logs?resource=user&page_size=100`), 200)
      const actions = body.data.results
        .filter((entry: any) => String(entry.resource_id) === id)
        .map((entry: any) => entry.action)
      assert.deepEqual(actions.sort(), ['user.provisioned', 'user.updated'])
    })
  })

  describe('deprovisioning', () => {
    const inactive = (id: string, value: unknown = false) => patch(id, { op: 'replace', path: 'active', value })
    const open = async (client: Client) => {
      const socket = await client.socket()
      const errors: string[] = []
      socket.on('error', ({ error }) => errors.push(error.code))
      return { socket, errors }
    }

    it('[SC6] ends sessions, sockets and API keys at once, and for good', async () => {
      const ann = await server.user('ann')
      const { key: own } = await programOf(server, ann, ['tasks:read'])
      const { socket, errors } = await open(ann)
      const { body } = await expect(inactive(String(ann.person.id), 'False'), 200)
      assert.equal(body.active, false)
      assert.equal((await ann.rest('GET', '/auth/me')).body.error.code, 'account_disabled')
      const byKey = () => server.rest('GET', '/tasks', undefined, { 'x-api-key': own })
      assert.equal((await byKey()).status, 403)
      await eventually(() => assert.equal(socket.connected, false))
      assert.deepEqual(errors, ['account_disabled'])
      await expect(inactive(String(ann.person.id), true), 200)
      assert.equal((await ann.rest('GET', '/auth/me')).body.error.code, 'session_ended')
      await server.login(ann.email)
    })

    it('[SC6] is refused for the last active administrator', async () => {
      refusesScim(await inactive(String(server.admin.person.id)), 409)
      refusesScim(await scim('DELETE', `/Users/${server.admin.person.id}`), 409)
    })

    it('[SC7] DELETE disables the account and hides it, and making the user again brings it back', async () => {
      const ann = await server.user('ann')
      const id = String(ann.person.id)
      await expect(scim('DELETE', `/Users/${id}`), 204)
      refusesScim(await scim('GET', `/Users/${id}`), 404)
      refusesScim(await scim('DELETE', `/Users/${id}`), 404)
      assert.equal((await find(`userName eq "${ann.email}"`)).totalResults, 0)
      assert.equal((await account(id)).is_active, false)
      const again = await make({ userName: ann.email, emails: [{ value: ann.email }], displayName: 'Ann Again' })
      assert.equal(again.id, id)
      const { is_active, name } = await account(id)
      assert.deepEqual([is_active, name], [true, 'Ann Again'])
      await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 200)
    })
  })
})
