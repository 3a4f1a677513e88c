import assert from 'node:assert/strict'
import type { Tx } from '../../server/events/index.ts'
import { createResume } from '../../server/features/gdpr/erasures.ts'
import { reapplyErasures } from '../../server/features/gdpr/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Database } from '../../server/ports/database.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { untilWaitingForLocks } from '../support/lock-waits.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { download, exportEnds, exportStands } from '../suites/exports.ts'
import { importEnds, sendImport } from '../suites/imports.ts'
import { fetchFile, filesOf, png, upload } from '../suites/media.ts'
import { tracesOf } from '../suites/traces.ts'

describe('an erasure', function () {
  this.timeout(120_000)
  let server: TestServer
  let bob: Client
  beforeEach(async () => {
    server = await startServer()
    bob = await server.user('bob')
  })
  afterEach(() => server.close())

  const begin = async (client: Client) =>
    (await expect(client.rest('POST', '/gdpr/erase', { password }), 202)).body.data.id as number
  const ends = (id: number) =>
    eventually(
      async () => {
        const { data } = (await expect(server.admin.rest('GET', `/batch/status?id=${id}`), 200)).body
        assert.equal(data.status, 'completed', JSON.stringify(data))
      },
      { within: 30_000 },
    )
  const erase = async (client: Client) => ends(await begin(client))
  const rename = (client: Client, name: string) => expect(client.rest('PATCH', '/auth/me', { name }), 200)

  it('[GD3] needs the password, and is refused to the last active administrator', async () => {
    refuses(await server.rest('POST', '/gdpr/erase', { password }), 'unauthenticated')
    refuses(await bob.rest('POST', '/gdpr/erase', { password: 'another one' }), 'validation_error', ['password'])
    refuses(await bob.rest('POST', '/gdpr/erase', {}), 'validation_error', ['password'])
    refuses(await server.admin.rest('POST', '/gdpr/erase', { password }), 'conflict')
    await expect(bob.rest('GET', '/auth/me'), 200)
    await expect(server.admin.rest('PUT', `/admin/users/${bob.person.id}`, { role: 'admin' }), 200)
    await erase(bob)
    refuses(await server.admin.rest('POST', '/gdpr/erase', { password }), 'conflict')
  })

  it('[GD4] ends every session at once, closes its sockets, and nobody signs in again', async () => {
    const ann = await server.user('ann')
    const other = await server.login(ann.email)
    const socket = await ann.socket()
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    const id = await begin(other)
    await closed
    for (const client of [ann, other]) refuses(await client.rest('GET', '/auth/me'), 'account_disabled')
    const login = { email: ann.email, password }
    assert.ok([401, 403].includes((await server.rest('POST', '/auth/login', login)).status))
    await ends(id)
    refuses(await server.rest('POST', '/auth/login', login), 'invalid_credentials')
    refuses(await server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken }), 'unauthenticated')
    // The address and the name are free.
    const again = { email: ann.email, username: ann.person.username, name: 'ann', password }
    await expect(server.rest('POST', '/auth/register', again), 201)
  })

  it('[GD5] leaves nothing of the person in any table or file, under no name that they have had (attack 114)', async () => {
    const zoe = await server.user('zoequux')
    await rename(zoe, 'Earlier Qwertz')
    const project = await addProject(bob, { name: 'Shared' })
    await addMember(bob, project, zoe, 'editor')
    const task = await addTask(zoe, { title: 'for bob', project: project.id, assignee_id: bob.person.id })
    await rename(zoe, 'Zoe Quux')
    await created(zoe, `/tasks/${task.id}/comments`, { body: `hello @${bob.person.username}` })
    const { username } = zoe.person
    await created(bob, `/tasks/${task.id}/comments`, { body: `thanks @${username}, and @${username.toUpperCase()}.` })
    await addTask(bob, { title: 'for zoe', project: project.id, assignee_id: zoe.person.id })
    await expect(
      bob.rest(
        'PUT',
        `/projects/${project.id}/members/${zoe.person.id}`,
        { role: 'viewer' },
        { 'idempotency-key': 'a' },
      ),
      200,
    )
    const admins = { 'idempotency-key': 'b' }
    await expect(server.admin.rest('PUT', `/admin/users/${zoe.person.id}`, { tier: 'pro' }, admins), 200)
    await created(zoe, '/blog/posts', { title: 'Zoe Quux thinks', body: 'secretly', status: 'draft' })
    await created(zoe, '/videos', {
      title: 'Zoe Quux sings',
      url: 'https://example.com/zoequux.mp4',
      visibility: 'private',
    })
    await upload(server, zoe, [{ content: await png(), name: 'zoequux-passport.png' }], { project: project.id })
    await expect(zoe.rest('POST', '/api-keys', { name: 'zoequux', permissions: ['tasks:read'] }), 201)
    await expect(
      zoe.rest('POST', '/webhooks/register', { url: 'https://example.com/zoequux', events: ['task.created'] }),
      201,
    )
    const alone = await addProject(zoe, { name: 'Plans of Zoe Quux' })
    await addTask(zoe, { title: 'zoequux only', project: alone.id })
    const imported = await sendImport(server.url, zoe.token, `title\nimported\n`, { name: 'zoequux.csv' })
    await importEnds(zoe, imported.body.data.id)
    await exportEnds(zoe, {}, '/gdpr/export-data')
    await exportEnds(server.admin, { type: 'users', format: 'ndjson' })
    const words = ['zoequux', 'Zoe Quux', 'Qwertz', zoe.email]
    assert.ok((await tracesOf(server, words)).length > 10)

    await erase(zoe)
    await eventually(async () => assert.deepEqual(await tracesOf(server, words), []))
    assert.equal((await filesOf(server)).length, 0)
    const [row] = await server.query(
      'select email, username, name, password_hash, is_active from users where id = $1',
      [zoe.person.id],
    )
    const nobody = `deleted~${zoe.person.id}`
    assert.deepEqual(row, {
      email: nobody,
      username: nobody,
      name: 'Deleted user',
      password_hash: '',
      is_active: false,
    })
  })

  it('[GD5] knows every column that refers to an account', async () => {
    const columns = await server.query<{ name: string }>(`
      select format('%s.%s', conrelid::regclass, attname) as name
      from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
      where contype = 'f' and confrelid = 'users'::regclass order by 1`)
    // A new one belongs into one of these lists, and what it holds into `erasure-stages.ts` and `personal-sources.ts`.
    const erased = [
      'api_keys.user_id',
      'due_notices.user_id',
      'idempotency_keys.user_id',
      'identities.user_id',
      'jobs.created_by',
      'media.uploaded_by',
      'notification_preferences.user_id',
      'notifications.user_id',
      'password_resets.user_id',
      'project_members.user_id',
      'projects.owner_id',
      'recovery_codes.user_id',
      'scim_accounts.user_id',
      'sessions.user_id',
      'sign_in_challenges.user_id',
      'tasks.assignee_id',
      'totp_factors.user_id',
      'webhooks.user_id',
    ]
    const kept = [
      'comments.author_id',
      'flags.updated_by',
      'posts.author_id',
      'tasks.created_by',
      'tasks.updated_by',
      'videos.created_by',
    ]
    // Nobody’s: a check of signing in makes these accounts and removes them.
    const none = ['trial_accounts.user_id']
    assert.deepEqual(
      columns.map(({ name }) => name),
      [...erased, ...kept, ...none].toSorted(),
    )
  })

  it('[GD6] keeps what they wrote for others, without their name, and tells clients what has changed (attack 114)', async () => {
    const zoe = await server.user('zoe')
    const project = await addProject(bob)
    await addMember(bob, project, zoe, 'editor')
    const { headers } = await expect(bob.rest('GET', '/tasks'), 200)
    const [since, epoch] = [headers.get('x-event-offset')!, headers.get('x-event-epoch')!]
    const task = await addTask(zoe, { title: 'by zoe', project: project.id, assignee_id: bob.person.id })
    const given = await addTask(bob, { title: 'to zoe', project: project.id, assignee_id: zoe.person.id })
    const comment = await created(bob, `/tasks/${task.id}/comments`, { body: `ask @${zoe.person.username}!` })
    const post = await created(zoe, '/blog/posts', {
      title: 'public',
      body: 'x',
      status: 'published',
      project: project.id,
    })
    const file = (await upload(server, zoe, [{ content: await png() }], { task_id: task.id })).body
    await erase(zoe)

    const found = (await expect(bob.rest('GET', `/tasks/${task.id}`), 200)).body
    assert.deepEqual([found.title, found.created_by], ['by zoe', zoe.person.id])
    assert.equal((await expect(bob.rest('GET', `/blog/posts/${post.id}`), 200)).body.author_id, zoe.person.id)
    const person = (await expect(bob.rest('GET', `/users/${zoe.person.id}`), 200)).body
    assert.deepEqual(person, { id: zoe.person.id, username: `deleted~${zoe.person.id}`, name: 'Deleted user' })
    assert.equal((await expect(bob.rest('GET', `/tasks/${given.id}`), 200)).body.assignee_id, null)
    assert.equal((await fetchFile(server, bob, file.url)).status, 404)
    const said = (await expect(bob.rest('GET', `/tasks/${task.id}/comments`), 200)).body.results
    assert.deepEqual(
      said.map(({ body, mentions }: any) => [body, mentions]),
      [['ask Deleted user!', []]],
    )
    const [notice] = (await expect(bob.rest('GET', '/notifications'), 200)).body.results.filter(
      ({ type }: any) => type === 'assigned',
    )
    assert.equal(notice.message, 'Deleted user assigned “by zoe” to you')

    const rooms = `room=tasks&room=media&room=project_${project.id}&room=user_${bob.person.id}`
    const { body } = await expect(bob.rest('GET', `/events?${rooms}&since=${since}&epoch=${epoch}&limit=1000`), 200)
    assert.equal(body.recovered, true)
    const seen = body.results.map(({ event }: any) => event)
    assert.ok(!seen.includes('media_created') && seen.includes('media_deleted') && seen.includes('task_created'))
    assert.doesNotMatch(JSON.stringify(body.results), new RegExp(`"zoe|@${zoe.person.username}`, 'i'))
    const last = (event: string) => body.results.findLast((one: any) => one.event === event).payload
    assert.equal(last('comment_updated').comment.id, comment.id)
    assert.deepEqual([last('task_updated').task.id, last('task_updated').changed], [given.id, ['assignee_id']])
    assert.equal(last('project_member_removed').user_id, zoe.person.id)
    assert.deepEqual((await expect(bob.rest('GET', '/users?search=zoe'), 200)).body.results, [])
  })

  it('[GD6] resumes by a socket without what was erased, although the instance held it in memory (attack 114)', async () => {
    const zoe = await server.user('zoe')
    await position(server)
    const socket = await bob.socket()
    const { offset, epoch } = await socket.emitWithAck('join_room', { room: 'media' })
    await upload(server, zoe, [{ content: await png() }])
    await erase(zoe)
    await position(server)
    const later = await bob.socket()
    const heard: string[] = []
    later.onAny(name => heard.push(name))
    const joined = await later.emitWithAck('join_room', { room: 'media', since: offset, epoch })
    await eventually(() => assert.deepEqual([joined.missed, heard], [1, ['media_deleted']]))
  })

  it('[GD7] gives projects an owner: another one, the one who is there longest, or an administrator', async () => {
    const [zoe, carl] = [await server.user('zoe'), await server.user('carl')]
    const [two, one, open, alone] = [
      await addProject(zoe),
      await addProject(zoe),
      await addProject(zoe, { visibility: 'internal' }),
      await addProject(zoe),
    ]
    await addMember(zoe, two, bob, 'owner')
    await addMember(zoe, one, bob, 'viewer')
    await addMember(zoe, one, carl, 'editor')
    await erase(zoe)
    const owners = async (project: any) => {
      const { body, status } = await server.admin.rest('GET', `/projects/${project.id}`)
      if (status === 404) return null
      const { results } = (await expect(server.admin.rest('GET', `/projects/${project.id}/members`), 200)).body
      return [body.owner_id, results.filter(({ role }: any) => role === 'owner').map(({ user_id }: any) => user_id)]
    }
    assert.deepEqual(await owners(two), [bob.person.id, [bob.person.id]])
    assert.deepEqual(await owners(one), [carl.person.id, [carl.person.id]])
    assert.deepEqual(await owners(open), [server.admin.person.id, [server.admin.person.id]])
    assert.equal(await owners(alone), null)
  })

  it('[GD8] leaves no account that administrators could change, and the audit log whole (attack 114)', async () => {
    const zoe = await server.user('zoe')
    await erase(zoe)
    const path = `/admin/users/${zoe.person.id}`
    refuses(await server.admin.rest('GET', path), 'not_found')
    refuses(await server.admin.rest('PATCH', `${path}/toggle-active`, {}), 'not_found')
    refuses(await server.admin.rest('POST', `${path}/reset-password`, {}), 'not_found')
    const { results } = (await expect(server.admin.rest('GET', '/admin/users'), 200)).body
    assert.ok(!results.some(({ id }: any) => id === zoe.person.id))
    const { data } = (await expect(server.admin.rest('GET', `/audit/logs?user_id=${zoe.person.id}`), 200)).body
    assert.deepEqual(
      data.results.map(({ action }: any) => action),
      ['user.erased', 'session.opened', 'user.registered'],
    )
    for (const entry of data.results) assert.deepEqual([entry.ip_address, entry.user_agent], [null, null])
    assert.equal((await expect(server.admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
  })

  it('[GD4] lets nobody enable the account again while it is being erased', async () => {
    const zoe = await server.user('zoe')
    const holder = await openConnection(server.databaseUrl)
    // The last stage waits for it.
    await holder.query(`select pg_advisory_lock(hashtextextended('taskwire erasure', 0))`)
    const id = await begin(zoe)
    const path = `/admin/users/${zoe.person.id}`
    refuses(await server.admin.rest('PATCH', `${path}/toggle-active`, {}), 'conflict')
    refuses(await server.admin.rest('PUT', path, { is_active: true }), 'conflict')
    refuses(await server.rest('POST', '/auth/login', { email: zoe.email, password }), 'account_disabled')
    await holder.end()
    await ends(id)
  })

  it('[GD12] removes from the audit log where the person has acted and what names them, and the log still verifies (attack 114)', async () => {
    const zoe = await server.user('zoe')
    await expect(zoe.rest('PATCH', '/auth/me', { name: 'Zoe Zaubermaus' }), 200)
    await expect(
      server.admin.rest('POST', '/batch/users/action', {
        user_ids: [zoe.person.id],
        action: 'verify',
        reason: 'Zaubermaus asked for it',
      }),
      202,
    )
    await server.rest('POST', '/auth/login', { email: zoe.email, password: 'no password of zoe 1' })
    const asked = { type: 'tasks', format: 'csv', filters: { search: 'zaubermaus' } }
    await expect(zoe.rest('POST', '/export/data', asked), 202)
    const hook = { url: 'https://zaubermaus.example.com/', events: ['task.created'] }
    await expect(zoe.rest('POST', '/webhooks/register', hook), 201)
    const kept = `from audit_log where user_id = $1 or (resource = 'user' and resource_id = $1::text)`
    const actions = async () =>
      (await server.query<{ action: string }>(`select action ${kept} order by id`, [zoe.person.id])).map(
        ({ action }) => action,
      )
    await eventually(async () =>
      assert.deepEqual((await actions()).toSorted(), [
        'export.created',
        'session.opened',
        'session.refused',
        'user.registered',
        'user.renamed',
        'user.updated',
        'webhook.registered',
      ]),
    )
    assert.equal((await expect(server.admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
    const links = await server.query('select * from audit_chain order by seq')
    await erase(zoe)
    const rows = await server.query<any>(`select * ${kept}`, [zoe.person.id])
    assert.equal(rows.length, 8)
    for (const { user_id: id, ip_address, user_agent, origin_salt, personal } of rows) {
      if (id === server.admin.person.id) assert.notEqual(ip_address, null)
      else assert.deepEqual([ip_address, user_agent, origin_salt], [null, null, null])
      assert.equal(personal, null)
    }
    assert.doesNotMatch(JSON.stringify(await server.query('select * from audit_log')), /Zaubermaus/i)
    const { ok, checked } = (await expect(server.admin.rest('GET', '/audit/verify'), 200)).body.data
    assert.ok(ok && checked > links.length)
    assert.deepEqual((await server.query('select * from audit_chain order by seq')).slice(0, links.length), links)
  })

  it('[GD9] ends the files of everybody’s exports, which may name the person', async () => {
    const zoe = await server.user('zoe')
    const people = await exportEnds(server.admin, { type: 'users', format: 'csv' })
    assert.equal((await download(server, server.admin, people.file_url!)).status, 200)
    await erase(zoe)
    assert.equal((await download(server, server.admin, people.file_url!)).status, 404)
  })

  it('[GD9] makes an export anew that has read the person before and ends after', async () => {
    const zoe = await server.user('zoequux')
    const holder = await openConnection(server.ownerUrl)
    // Both stop before their last step: first the erasure, then the export, which has read everything.
    await holder.query(`select pg_advisory_lock(hashtextextended('taskwire erasure', 0))`)
    const erasure = await begin(zoe)
    await untilWaitingForLocks(server, { lock: 'advisory' })
    const asked = { type: 'users', format: 'ndjson' }
    const { id } = (await expect(server.admin.rest('POST', '/export/data', asked), 202)).body.data
    await untilWaitingForLocks(server, { count: 2, lock: 'advisory' })
    await holder.end()
    await ends(erasure)
    const { file_url } = await exportStands(server.admin, id)
    const text = await (await download(server, server.admin, file_url!)).text()
    assert.match(text, /bob-1/)
    assert.doesNotMatch(text, /zoequux/)
  })

  it('[GD9] does not touch what belongs to others', async () => {
    const zoe = await server.user('zoe')
    const project = await addProject(bob)
    const task = await addTask(bob, { title: 'bob’s', project: project.id, assignee_id: bob.person.id })
    const file = (await upload(server, bob, [{ content: await png() }], { task_id: task.id })).body
    const draft = await created(bob, '/blog/posts', { title: 'draft', body: 'x', status: 'draft' })
    // A name that begins with the name of the person.
    const longer = { email: 'longer@example.com', username: `${zoe.person.username}.b`, name: 'longer', password }
    const other = (await expect(server.rest('POST', '/auth/register', longer), 201)).body.user
    const comment = await created(bob, `/tasks/${task.id}/comments`, { body: `@${other.username} and zoe` })
    await erase(zoe)
    assert.deepEqual((await expect(bob.rest('GET', `/tasks/${task.id}`), 200)).body, task)
    assert.equal((await fetchFile(server, bob, file.url)).status, 200)
    assert.deepEqual((await expect(bob.rest('GET', `/blog/posts/${draft.id}`), 200)).body, draft)
    const { results } = (await expect(bob.rest('GET', `/tasks/${task.id}/comments`), 200)).body
    assert.deepEqual(results, [comment])
    await expect(bob.rest('GET', '/auth/me'), 200)
  })

  it('[GD11] is done again after a backup of before was restored', async () => {
    const zoe = await server.user('zoequux')
    await erase(zoe)
    // As the backup had it.
    await server.query(
      `update users set email = $2, username = $3, name = 'Zoe Quux', password_hash = 'x', is_active = true, erased_at = null
       where id = $1`,
      [zoe.person.id, zoe.email, zoe.person.username],
    )
    const again = await reapplyErasures({ query: ({ text, values }) => server.query(text, values) })
    assert.deepEqual(again, { again: 1 })
    const [row] = await server.query('select name, email, is_active from users where id = $1', [zoe.person.id])
    assert.deepEqual(row, { name: 'Deleted user', email: `deleted~${zoe.person.id}`, is_active: false })
    assert.deepEqual(await reapplyErasures({ query: ({ text, values }) => server.query(text, values) }), { again: 1 })
    assert.deepEqual(await server.query('select from erasures where completed_at is null'), [{}])
  })

  /** @param enqueue what stands for the beginning of the job */
  const resumeWith = (enqueue: (id: number) => Promise<void>) => {
    const database = { query: ({ text, values }) => server.query(text, values) } as Database
    return createResume({
      database,
      command: (_, work) => work({ ...database, now: new Date().toISOString() } as unknown as Tx),
      jobs: { enqueue: async (_, { person }) => (await enqueue(person.id)) as never },
      log: createLogger({ level: 'silent', pretty: false }),
    })
  }

  it('[GD10] begins again for everybody, also when one account is gone and another one fails', async () => {
    const people = [bob, await server.user('ann'), await server.user('zoe')].map(({ person }) => person.id)
    await server.query(
      `insert into erasures (user_id, requested_at) select unnest($1::bigint[]), now() - interval '1 hour'`,
      [[0, 999_999, ...people]],
    )
    const enqueued: number[] = []
    await resumeWith(async id => {
      if (id === people[1]) throw new Error('it fails')
      enqueued.push(id)
    })()
    assert.deepEqual(enqueued, [people[0], people[2]])
  })

  it('[GD10] goes on although an administrator has cancelled it', async () => {
    const zoe = await server.user('zoe')
    const holder = await openConnection(server.ownerUrl)
    await holder.query('begin; lock table project_members in access exclusive mode')
    const id = await begin(zoe)
    await expect(server.admin.rest('POST', '/batch/cancel', { id }), 200)
    await holder.end()
    const enqueued: number[] = []
    const resume = resumeWith(async personId => void enqueued.push(personId))
    // Soon after it was asked for its job may not be visible yet.
    await resume()
    assert.deepEqual(enqueued, [])
    await server.query(`update erasures set requested_at = now() - interval '1 hour'`)
    await resume()
    assert.deepEqual(enqueued, [zoe.person.id])
  })
})
