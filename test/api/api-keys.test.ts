import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ordinaryPermissions } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { programOf, withKey } from '../suites/api-keys.ts'
import { flatPng } from '../suites/pictures.ts'

describe('API keys', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const listed = async (client: Client, query = '') =>
    (await expect(client.rest('GET', `/api-keys${query}`), 200)).body.results as any[]
  const past = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()

  describe('making one', () => {
    it('[AK2] shows it once, with a beginning by which it is recognised, and stores a hash (attack 21)', async () => {
      const ben = await server.user('ben')
      const answer = await expect(
        ben.rest('POST', '/api-keys', { name: 'Backup script', permissions: ['tasks:read', 'tasks:read'] }),
        201,
      )
      const { key, ...apiKey } = answer.body
      assert.match(key, /^tw_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/)
      assert.ok(key.startsWith(`${apiKey.prefix}_`))
      assert.equal(answer.headers.get('location'), `/api/v1/api-keys/${apiKey.id}`)
      const { id, prefix, created_at } = apiKey
      assert.deepEqual(apiKey, {
        id,
        user_id: ben.person.id,
        name: 'Backup script',
        prefix,
        permissions: ['tasks:read'],
        rate_limit: null,
        expires_at: null,
        last_used_at: null,
        created_at,
        revoked_at: null,
        previous_key_until: null,
        version: 1,
      })
      assert.deepEqual(await listed(ben), [apiKey])
      assert.deepEqual((await expect(ben.rest('GET', `/api-keys/${id}`), 200)).body, apiKey)
      const [row] = await server.query<{ hash: Buffer }>('select hash from api_keys where id = $1', [id])
      assert.deepEqual(row!.hash, createHash('sha256').update(key).digest())
    })

    it('[AK2] shows the same key again to a repeated call, and keeps it in no table', async () => {
      const wanted = { name: 'Twice', permissions: ['tasks:read'] }
      const once = { 'idempotency-key': 'one key' }
      const [first, second] = [
        await expect(ann.rest('POST', '/api-keys', wanted, once), 201),
        await expect(ann.rest('POST', '/api-keys', wanted, once), 201),
      ]
      assert.deepEqual(second.body, first.body)
      const secret = first.body.key.slice(first.body.prefix.length + 1)
      const found = await server.query(
        `select from idempotency_keys where answer::text like $1 union all
         select from audit_log where row_to_json(audit_log)::text like $1 union all
         select from event_log where payload::text like $1`,
        [`%${secret}%`],
      )
      assert.equal(found.length, 0)
    })

    it('[AK5] names what is wrong', async () => {
      const wrong = async (body: object, field: string) =>
        refuses(
          await ann.rest('POST', '/api-keys', { name: 'A', permissions: ['tasks:read'], ...body }),
          'validation_error',
          [field],
        )
      await wrong({ name: ' ' }, 'name')
      await wrong({ permissions: [] }, 'permissions')
      await wrong({ permissions: ['tasks:fly'] }, 'permissions.0')
      await wrong({ rate_limit: 0 }, 'rate_limit')
      await wrong({ expires_at: past(1) }, 'expires_at')
      await wrong({ admin: true }, 'admin')
    })

    it('[AK5] gives no permission that the owner does not have', async () => {
      for (const permission of ['admin', 'events:publish', 'metrics:read']) {
        const answer = await ann.rest('POST', '/api-keys', { name: 'A', permissions: ['tasks:read', permission] })
        assert.equal(answer.status, 403)
        assert.deepEqual(answer.body.error.details, { permission })
      }
      const publisher = await server.user('publisher')
      await expect(
        server.admin.rest('PUT', `/admin/users/${publisher.person.id}`, { permissions: ['events:publish'] }),
        200,
      )
      await programOf(server, publisher, ['events:publish'])
    })

    it('[AK5] needs a recent sign-in, as a rotation does', async () => {
      const late = await server.user('late')
      const { apiKey } = await programOf(server, late, ['tasks:read'])
      await server.query(`update sessions set authenticated_at = now() - interval '1 hour' where user_id = $1`, [
        late.person.id,
      ])
      const make = () => late.rest('POST', '/api-keys', { name: 'A', permissions: ['tasks:read'] })
      await eventually(async () => refuses(await make(), 'reauthentication_required'))
      refuses(await late.rest('POST', `/api-keys/${apiKey.id}/rotate`, {}), 'reauthentication_required')
      await expect(late.rest('DELETE', `/api-keys/${apiKey.id}`), 204)
    })

    it('[AK5] is refused beyond fifty keys that are not revoked', async () => {
      const many = await server.user('many')
      await server.query(
        `insert into api_keys (user_id, name, prefix, hash, permissions, created_at)
         select $1, 'n', 'many' || n, '\\x00', '{tasks:read}', now() from generate_series(1, 50) n`,
        [many.person.id],
      )
      const make = () => many.rest('POST', '/api-keys', { name: 'One more', permissions: ['tasks:read'] })
      refuses(await make(), 'conflict')
      await expect(many.rest('DELETE', `/api-keys/${(await listed(many))[0].id}`), 204)
      await expect(make(), 201)
    })
  })

  describe('calling with one', () => {
    it('[AK3] does what it may, as its owner, and nothing else (attack 21)', async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const { body } = await expect(ann.rest('POST', '/tasks', { title: 'Read me' }), 201)
      assert.equal((await expect(program.rest('GET', `/tasks/${body.id}`), 200)).body.title, 'Read me')
      const refused = await expect(program.rest('POST', '/tasks', { title: 'A' }), 403)
      assert.deepEqual(
        [refused.body.error.code, refused.body.error.details],
        ['forbidden', { permission: 'tasks:write' }],
      )
      refuses(await program.rest('GET', '/sessions/list'), 'forbidden')
      refuses(await program.rest('GET', '/api-keys'), 'forbidden')
      const writer = await programOf(server, ann, ['tasks:write'])
      const made = await expect(writer.rest('POST', '/tasks', { title: 'By a program' }), 201)
      assert.equal(made.body.created_by, ann.person.id)
    })

    it('[AK3] is judged by what its owner may do now', async () => {
      const boss = await server.user('boss')
      const standing = (role: string) => server.admin.rest('PUT', `/admin/users/${boss.person.id}`, { role })
      await expect(standing('admin'), 200)
      const program = await programOf(server, boss, ['admin', 'metrics:read'])
      await expect(program.rest('GET', '/admin/users'), 200)
      await expect(program.rest('GET', '/system/metrics'), 200)
      assert.equal((await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': program.key } })).status, 200)
      await expect(standing('user'), 200)
      refuses(await program.rest('GET', '/admin/users'), 'forbidden')
      assert.equal((await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': program.key } })).status, 403)
    })

    it('[AK3] reads the metrics of the instance only with the permission', async () => {
      const [without, reader] = [
        await programOf(server, server.admin, ['admin']),
        await programOf(server, server.admin, ['metrics:read']),
      ]
      const metrics = (key: string) => fetch(`${server.url}/metrics`, { headers: { 'x-api-key': key } })
      assert.equal((await metrics(without.key)).status, 403)
      assert.equal((await metrics(reader.key)).status, 200)
      refuses(await reader.rest('GET', '/admin/users'), 'forbidden')
    })

    it('[AK3] works for files, flags and the event log', async () => {
      const program = await programOf(server, ann, ['media:write', 'media:read', 'flags:read', 'tasks:read'])
      const picture = await flatPng({ width: 4, height: 4 })
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'a.png')
      const headers = { 'x-api-key': program.key }
      const uploaded = await fetch(`${server.url}/api/v1/blog/media/upload`, { method: 'POST', body: form, headers })
      assert.equal(uploaded.status, 201)
      const { url } = (await uploaded.json()) as { url: string }
      const fetched = await fetch(new URL(url, server.url), { headers })
      assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), picture)
      const flagsFor = (key: string) =>
        fetch(`${server.url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers: { 'x-api-key': key } })
      const flags = (await (await flagsFor(program.key)).json()) as { eventStreams: any[] }
      const stream = await fetch(new URL(flags.eventStreams[0].endpoint.requestUri, server.url))
      assert.equal(stream.status, 200)
      await stream.body?.cancel()
      await expect(program.rest('GET', '/events?room=tasks&since=0'), 200)
      const without = await programOf(server, ann, ['tasks:write'])
      const file = await fetch(new URL(url, server.url), { headers: { 'x-api-key': without.key } })
      assert.equal(file.status, 403)
      assert.equal((await flagsFor(without.key)).status, 403)
    })

    it('[AK3] exports nothing that it may not read', async () => {
      const program = await programOf(server, ann, ['exports:write', 'exports:read', 'videos:read'])
      const refused = await expect(program.rest('POST', '/export/data', { type: 'tasks', format: 'csv' }), 403)
      assert.deepEqual(refused.body.error.details, { permission: 'tasks:read' })
      await expect(program.rest('POST', '/export/data', { type: 'videos', format: 'csv' }), 202)
    })

    it('[AK4] needs no CSRF token, and beats a cookie', async () => {
      const ben = await server.user('ben')
      const program = await programOf(server, ann, ['tasks:write', 'account:read'])
      const cookie = { cookie: `auth_token=${ben.token}` }
      const made = await expect(program.rest('POST', '/tasks', { title: 'A' }, cookie), 201)
      assert.equal(made.body.created_by, ann.person.id)
      assert.equal((await expect(program.rest('GET', '/auth/me', undefined, cookie), 200)).body.id, ann.person.id)
    })

    it('[AK4] is refused beside a token, and in an address', async () => {
      const { key, ...program } = await programOf(server, ann, ['tasks:read'])
      refuses(
        await program.rest('GET', '/tasks', undefined, { authorization: `Bearer ${ann.token}` }),
        'unauthenticated',
      )
      for (const name of ['api_key', 'apikey', 'X-API-Key'])
        refuses(await server.rest('GET', `/tasks?${name}=${key}`), 'unauthenticated')
      refuses(await ann.rest('GET', `/tasks?api_key=${key}`), 'unauthenticated')
    })

    it('[AK4] gets the same answer for a wrong secret as for a key that does not exist', async () => {
      const { key } = await programOf(server, ann, ['tasks:read'])
      const last = key.endsWith('A') ? 'B' : 'A'
      const wrong = [
        key.slice(0, -1) + last,
        key.replace(/^tw_.{12}/, 'tw_000000000000'),
        key.slice(0, -1),
        'tw_',
        key.toUpperCase(),
      ]
      const answers = await Promise.all(wrong.map(one => withKey(server, ann, one).rest('GET', '/tasks')))
      const seen = answers.map(({ status, body }) => [status, body.error])
      for (const one of seen) assert.deepEqual(one, seen[0])
      assert.equal(seen[0]![0], 401)
    })

    it('[AK7] ends at its time, and says so to whoever has the secret', async () => {
      const program = await programOf(server, ann, ['tasks:read'], { expires_at: soon(3600) })
      await expect(program.rest('GET', '/tasks'), 200)
      await server.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [
        program.apiKey.id,
      ])
      await eventually(async () =>
        assert.match((await expect(program.rest('GET', '/tasks'), 401)).body.error.message, /expired/),
      )
    })

    it('[AK7] stops at once when it is revoked, or its owner is disabled', async () => {
      const ben = await server.user('ben')
      const [one, other] = [await programOf(server, ben, ['tasks:read']), await programOf(server, ben, ['tasks:read'])]
      await expect(one.rest('GET', '/tasks'), 200)
      await expect(other.rest('GET', '/tasks'), 200)
      await expect(ben.rest('DELETE', `/api-keys/${one.apiKey.id}`), 204)
      assert.match((await expect(one.rest('GET', '/tasks'), 401)).body.error.message, /revoked/)
      await expect(ben.rest('DELETE', `/api-keys/${one.apiKey.id}`), 204)
      const { revoked_at, version } = (await listed(ben)).find(({ id }) => id === one.apiKey.id)
      assert.ok(revoked_at)
      assert.equal(version, 2)
      await expect(server.admin.rest('PATCH', `/admin/users/${ben.person.id}/toggle-active`, {}), 200)
      refuses(await other.rest('GET', '/tasks'), 'account_disabled')
    })
  })

  describe('changing one', () => {
    it('[AK5] takes effect at once, and makes no version when nothing changes', async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const path = `/api-keys/${program.apiKey.id}`
      await expect(program.rest('GET', '/tasks'), 200)
      const change = { name: 'Posts only', permissions: ['posts:read'], rate_limit: 60 }
      const changed = await expect(ann.rest('PATCH', path, change), 200)
      assert.deepEqual(changed.body, {
        ...program.apiKey,
        ...change,
        last_used_at: changed.body.last_used_at,
        version: 2,
      })
      assert.equal(changed.headers.get('etag'), '"2"')
      await expect(program.rest('GET', '/tasks'), 403)
      await expect(program.rest('GET', '/blog/posts'), 200)
      assert.equal((await expect(ann.rest('PATCH', path, change), 200)).body.version, 2)
      refuses(await ann.rest('PATCH', path, { name: 'A' }, { 'if-match': '"1"' }), 'version_conflict')
      refuses(await ann.rest('PATCH', path, { permissions: ['admin'] }), 'forbidden')
    })

    it('[AK6] gives it a new secret, and the former one works for as long as wanted', async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const path = `/api-keys/${program.apiKey.id}/rotate`
      const { body } = await expect(ann.rest('POST', path, { overlap_seconds: 600 }), 200)
      assert.equal(body.prefix, program.apiKey.prefix)
      assert.ok(Date.parse(body.previous_key_until) > Date.now() + 590_000)
      const second = withKey(server, ann, body.key)
      await expect(program.rest('GET', '/tasks'), 200)
      await expect(second.rest('GET', '/tasks'), 200)
      await server.query(`update api_keys set previous_until = now() - interval '1 second' where id = $1`, [
        program.apiKey.id,
      ])
      await eventually(() => expect(program.rest('GET', '/tasks'), 401))
      await expect(second.rest('GET', '/tasks'), 200)
      const third = withKey(server, ann, (await expect(ann.rest('POST', path, {}), 200)).body.key)
      await expect(second.rest('GET', '/tasks'), 401)
      await expect(third.rest('GET', '/tasks'), 200)
      refuses(await ann.rest('POST', path, { overlap_seconds: 604_801 }), 'validation_error', ['overlap_seconds'])
    })

    it('[AK7] is over once it is revoked', async () => {
      const { apiKey } = await programOf(server, ann, ['tasks:read'])
      await expect(ann.rest('DELETE', `/api-keys/${apiKey.id}`), 204)
      refuses(await ann.rest('PATCH', `/api-keys/${apiKey.id}`, { name: 'B' }), 'conflict')
      refuses(await ann.rest('POST', `/api-keys/${apiKey.id}/rotate`, {}), 'conflict')
    })
  })

  describe('of others', () => {
    it('[AK8] do not exist for other people', async () => {
      const { apiKey } = await programOf(server, ann, ['tasks:read'])
      const ben = await server.user('ben')
      const path = `/api-keys/${apiKey.id}`
      for (const [method, of, body] of [
        ['GET', path],
        ['PATCH', path, { name: 'Mine' }],
        ['DELETE', path],
        ['POST', `${path}/rotate`, {}],
        ['GET', `${path}/usage`],
      ] as const)
        refuses(await ben.rest(method, of, body), 'not_found')
      assert.deepEqual(await listed(ben), [])
      refuses(await ben.rest('GET', `/api-keys?user_id=${ann.person.id}`), 'forbidden')
    })

    it('[AK8] can be seen and revoked by administrators, and not changed', async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const path = `/api-keys/${program.apiKey.id}`
      const seen = await listed(server.admin, `?user_id=${ann.person.id}&page_size=100`)
      assert.ok(seen.some(({ id }) => id === program.apiKey.id))
      refuses(await server.admin.rest('PATCH', path, { name: 'B' }), 'forbidden')
      refuses(await server.admin.rest('POST', `${path}/rotate`, {}), 'forbidden')
      await expect(server.admin.rest('DELETE', path), 204)
      await expect(program.rest('GET', '/tasks'), 401)
    })
  })

  describe('in the audit log', () => {
    const entries = async (query: string) =>
      (await expect(server.admin.rest('GET', `/audit/logs?page_size=100&${query}`), 200)).body.data.results as any[]

    it('[AK8] are made, changed, rotated and revoked', async () => {
      const { apiKey } = await programOf(server, ann, ['tasks:read'])
      await expect(ann.rest('PATCH', `/api-keys/${apiKey.id}`, { permissions: ['posts:read'] }), 200)
      await expect(ann.rest('POST', `/api-keys/${apiKey.id}/rotate`, { overlap_seconds: 5 }), 200)
      await expect(server.admin.rest('DELETE', `/api-keys/${apiKey.id}`), 204)
      const found = (await entries('resource=api_key')).filter(({ resource_id }) => resource_id === apiKey.id)
      assert.deepEqual(
        found.map(({ action, user_id }) => [action, user_id]),
        [
          ['api_key.revoked', server.admin.person.id],
          ['api_key.rotated', ann.person.id],
          ['api_key.updated', ann.person.id],
          ['api_key.created', ann.person.id],
        ],
      )
      assert.deepEqual(found[2].details.permissions, { from: ['tasks:read'], to: ['posts:read'] })
    })

    it('[AK8] are named by what was done with them', async () => {
      const program = await programOf(server, server.admin, ['admin'])
      const ben = await server.user('ben')
      await expect(program.rest('PUT', `/admin/users/${ben.person.id}`, { is_verified: true }), 200)
      const [entry] = await entries('action=user.updated')
      const { id, prefix } = program.apiKey
      assert.deepEqual(entry.details.api_key, { id, prefix })
    })
  })

  it('[AK16] have webhooks only for what they may read, and change none that gets more', async () => {
    const url = 'https://hooks.example.com/'
    const program = await programOf(server, ann, ['webhooks:write', 'tasks:read'])
    const ask = (events: string[]) => program.rest('POST', '/webhooks/register', { url, events })
    for (const [events, permission] of [
      [['comment.created'], 'comments:read'],
      [['task.created', 'video.uploaded'], 'videos:read'],
    ] as const)
      assert.deepEqual(refuses(await ask([...events]), 'forbidden').details, { permission })
    refuses(await ask(['*']), 'forbidden')
    const { id } = (await expect(ask(['task.created', 'payment.completed']), 201)).body.data
    await expect(program.rest('PATCH', `/webhooks/${id}`, { description: 'Mine' }), 200)
    refuses(await program.rest('PATCH', `/webhooks/${id}`, { events: ['*'] }), 'forbidden')

    const whole = (await expect(ann.rest('POST', '/webhooks/register', { url, events: ['*'] }), 201)).body.data
    refuses(await program.rest('PATCH', `/webhooks/${whole.id}`, { url: 'https://other.example.com/' }), 'forbidden')
    const all = await programOf(server, ann, [...ordinaryPermissions])
    await expect(all.rest('PATCH', `/webhooks/${whole.id}`, { description: 'All of it' }), 200)

    const some = await programOf(server, server.admin, [...ordinaryPermissions])
    const asked = await some.rest('POST', '/webhooks/register', { url, events: ['*'] })
    assert.deepEqual(refuses(asked, 'forbidden').details, { permission: 'admin' })
  })
})
