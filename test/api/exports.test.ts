import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { createClient } from '../../sdk/index.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { download, exported, exportedRows, exportEnds } from '../suites/exports.ts'

describe('exports', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let own: any
  let hidden: any
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    own = await addProject(ann, { name: 'Own' })
    hidden = await addProject(bob, { name: 'Hidden' })
    await addTask(ann, { title: 'mine', project: own.id, status: 'done', assignee_id: ann.person.id })
    await addTask(bob, { title: 'secret', project: hidden.id })
    await addTask(bob, { title: 'everybody’s' })
  })
  after(() => server.close())

  const titles = async (client: Client, filters?: object) =>
    (await exportedRows(server, client, { type: 'tasks', ...(filters && { filters }) })).map(({ title }) => title)

  it('[XP1] contain what the person may see at that moment, and for administrators everything', async () => {
    assert.deepEqual(await titles(ann), ['mine', 'everybody’s'])
    assert.deepEqual(await titles(server.admin), ['mine', 'secret', 'everybody’s'])
    await addMember(bob, hidden, ann, 'viewer')
    assert.deepEqual(await titles(ann), ['mine', 'secret', 'everybody’s'])
    await expect(bob.rest('DELETE', `/projects/${hidden.id}/members/${ann.person.id}`), 204)
    assert.deepEqual(await titles(ann), ['mine', 'everybody’s'])
  })

  it('[XP1] of projects and videos follow the rights too', async () => {
    const names = async (client: Client) =>
      (await exportedRows(server, client, { type: 'projects' })).map(({ name, role }) => [name, role])
    assert.deepEqual(await names(ann), [['Own', 'owner']])
    assert.deepEqual(await names(server.admin), [
      ['Own', null],
      ['Hidden', null],
    ])
    const url = 'https://example.com/talk.mp4'
    await created(ann, '/videos', { title: 'shown', url, tags: ['a', 'b,c'] })
    await created(bob, '/videos', { title: 'private', url, visibility: 'private' })
    await created(bob, '/videos', { title: 'elsewhere', url, project: hidden.id })
    const videos = async (client: Client) =>
      (await exportedRows(server, client, { type: 'videos' })).map(({ title }) => title)
    assert.deepEqual(await videos(ann), ['shown'])
    assert.deepEqual(await videos(bob), ['shown', 'private', 'elsewhere'])
  })

  it('[XP1] of analytics count by day and project what the person may see', async () => {
    const day = new Date().toISOString().slice(0, 10)
    const rows = async (client: Client, filters = {}) =>
      (await exportedRows(server, client, { type: 'analytics', filters })).map(row => [
        row.date,
        row.project,
        row.tasks_created,
        row.tasks_completed,
      ])
    assert.deepEqual(await rows(ann), [
      [day, null, 1, 0],
      [day, 'own', 1, 1],
    ])
    assert.deepEqual(await rows(ann, { project: 'own' }), [[day, 'own', 1, 1]])
    assert.deepEqual(await rows(ann, { project: hidden.id }), [])
    assert.deepEqual(await rows(server.admin, { project: hidden.id }), [[day, 'hidden', 1, 0]])
    assert.deepEqual(await rows(ann, { date_end: '2020-01-01T00:00:00Z' }), [])
  })

  it('[XP2] of accounts and of the audit log are for administrators only', async () => {
    refuses(await ann.rest('POST', '/export/data', { type: 'users', format: 'csv' }), 'forbidden')
    refuses(await ann.rest('POST', '/audit/export', { format: 'csv' }), 'forbidden')
    refuses(await server.rest('POST', '/export/data', { type: 'tasks', format: 'csv' }), 'unauthenticated')
    const people = await exportedRows(server, server.admin, { type: 'users', filters: { role: 'user' } })
    assert.deepEqual(
      people.map(({ email }) => email),
      [ann.email, bob.email],
    )
    assert.deepEqual(Object.keys(people[0]), Object.keys(ann.person))
  })

  it('[XP3] take the filters of the list, as in an address or as in JSON', async () => {
    assert.deepEqual(await titles(server.admin, { status: ['done', 'review'], assignee_id: ann.person.id }), ['mine'])
    assert.deepEqual(await titles(server.admin, { assignee_id: String(ann.person.id) }), ['mine'])
    assert.deepEqual(await titles(server.admin, { search: 'secr', project: [hidden.id] }), ['secret'])
    assert.deepEqual(await titles(ann, { project: 'hidden' }), [])
    const active = await exportedRows(server, server.admin, { type: 'users', filters: { is_active: false } })
    assert.deepEqual(active, [])
  })

  const bad: [type: string, filters: unknown, fields: string[]][] = [
    ['tasks', { status: 'finished' }, ['filters.status']],
    ['tasks', { status: ['todo', 'finished'], assignee_id: 1.5 }, ['filters.assignee_id', 'filters.status']],
    ['tasks', { sort: 'title' }, ['filters.sort']],
    ['tasks', { due_date_start: '2026-01-01' }, ['filters.due_date_start']],
    ['tasks', { search: { $gt: '' } }, ['filters.search']],
    ['tasks', 'all', ['filters']],
    ['projects', { role: 'boss' }, ['filters.role']],
    ['videos', { provider: 5 }, ['filters.provider']],
    ['analytics', { status: 'todo' }, ['filters.status']],
    ['everything', {}, ['type']],
  ]
  for (const [type, filters, fields] of bad)
    it(`[XP3] refuse ${JSON.stringify(filters)} of ${type} and name the field`, async () => {
      refuses(await ann.rest('POST', '/export/data', { type, format: 'csv', filters }), 'validation_error', fields)
    })

  it('[XP3] name the wrong filters of the audit log', async () => {
    const asked = { format: 'csv', user_id: 'x', created_at_start: 5 }
    refuses(await server.admin.rest('POST', '/audit/export', asked), 'validation_error', [
      'created_at_start',
      'user_id',
    ])
  })

  it('[XP4] as CSV have a byte order mark and no formula; as JSON they are one list (attack 92)', async () => {
    const project = await addProject(ann)
    const hard = ['=1+1', '+49 30', '-5', '@SUM(A1)', '\t=x', '\uff1d1', "'=x", 'a "b", c', 'two\nlines', '007', ' x ']
    for (const title of hard) await addTask(ann, { title, project: project.id, description: `${title}\r\n` })
    const filters = { project: project.id }
    const csv = await exported(server, ann, { type: 'tasks', format: 'csv', filters })
    assert.equal(csv.charCodeAt(0), 0xfeff)
    const rows = parse(csv, { bom: true, columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
    assert.deepEqual(
      rows.map(({ title }) => title),
      hard.map(title => (/^'*[=+\-@\t\uff1d]/.test(title) ? `'${title}` : title)),
    )
    for (const value of rows.flatMap(row => Object.values(row))) assert.doesNotMatch(value, /^[=+\-@\t\r\uff1d]/)
    const json = JSON.parse(await exported(server, ann, { type: 'tasks', format: 'json', filters }))
    assert.deepEqual(
      json.map(({ title, description }: any) => [title, description]),
      hard.map(title => [title, `${title}\r\n`]),
    )
    assert.deepEqual(await exportedRows(server, ann, { type: 'tasks', filters }), json)
    const none = { type: 'tasks', filters: { category: 'none' } }
    assert.deepEqual(JSON.parse(await exported(server, ann, { ...none, format: 'json' })), [])
    assert.equal(await exported(server, ann, { ...none, format: 'ndjson' }), '')
  })

  it('[XP4] of the audit log hold its entries, with what they export', async () => {
    const entries = JSON.parse(
      await exported(
        server,
        server.admin,
        { format: 'json', action: 'export.created', user_id: ann.person.id },
        '/audit/export',
      ),
    )
    assert.equal(entries[0].user_id, ann.person.id)
    assert.deepEqual(entries[0].details, { type: 'tasks', format: 'ndjson', filters: {} })
    const csv = await exported(server, server.admin, { format: 'csv' }, '/audit/export')
    assert.match(csv, /^\ufeffid,user_id,action,resource,resource_id,details,/)
  })

  it('[XP5] say where the file is, how large and which; it is downloaded like a medium', async () => {
    const one = await exportEnds(ann, { type: 'tasks', format: 'csv' })
    const response = await download(server, ann, one.file_url!)
    const content = Buffer.from(await response.arrayBuffer())
    assert.deepEqual(
      [one.file_size, one.rows, response.headers.get('content-length')],
      [content.length, one.rows, String(content.length)],
    )
    assert.equal(one.sha256, createHash('sha256').update(content).digest('hex'))
    assert.match(response.headers.get('content-disposition')!, /^attachment; filename="taskwire-tasks-.*\.csv"$/)
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    const etag = response.headers.get('etag')!
    assert.equal((await download(server, ann, one.file_url!, { 'if-none-match': etag })).status, 304)
    const part = await download(server, ann, one.file_url!, { range: 'bytes=3-9' })
    assert.deepEqual([part.status, Buffer.from(await part.arrayBuffer())], [206, content.subarray(3, 10)])
  })

  it('[XP6] are downloaded by their owner and by administrators only, at each request (attack 34)', async () => {
    const one = await exportEnds(ann, { type: 'tasks', format: 'csv' })
    assert.equal((await download(server, null, one.file_url!)).status, 401)
    assert.equal((await download(server, bob, one.file_url!)).status, 404)
    refuses(await bob.rest('GET', `/export/status?id=${one.id}`), 'not_found')
    assert.equal((await download(server, server.admin, one.file_url!)).status, 200)
    const mine = (await expect(ann.rest('GET', '/export/status?page_size=1'), 200)).body.data
    assert.deepEqual(mine.results, [one])
    assert.deepEqual(
      (await expect(bob.rest('GET', '/export/status'), 200)).body.data.results.map((x: any) => x.id).includes(one.id),
      false,
    )
  })

  it('[XP6] made as an administrator are not downloaded by somebody who is none any more (attack 34)', async () => {
    const carl = await server.user('carl')
    const path = `/admin/users/${carl.person.id}`
    await expect(server.admin.rest('PUT', path, { role: 'admin' }), 200)
    const people = await exportEnds(carl, { type: 'users', format: 'csv' })
    await expect(server.admin.rest('PUT', path, { role: 'user' }), 200)
    assert.equal((await download(server, carl, people.file_url!)).status, 404)
    const { data } = (await expect(carl.rest('GET', `/export/status?id=${people.id}`), 200)).body
    assert.equal(data.file_url, null)
  })

  it('[XP7] one Idempotency-Key makes one export, and each is in the audit log', async () => {
    const asked = { type: 'tasks', format: 'json', filters: { status: 'todo' } }
    const key = { 'idempotency-key': 'one export' }
    const [one, other] = [
      await ann.rest('POST', '/export/data', asked, key),
      await ann.rest('POST', '/export/data', asked, key),
    ]
    assert.equal(one.body.data.id, other.body.data.id)
    const logged = await server.query(
      `select user_id, details, personal from audit_log where action = 'export.created' and resource_id = $1`,
      [String(one.body.data.id)],
    )
    assert.deepEqual(logged, [
      { user_id: ann.person.id, details: { type: 'tasks', format: 'json' }, personal: { filters: asked.filters } },
    ])
  })

  it('[XP5] are asked for through the SDK', async () => {
    const client = createClient({ url: server.url, token: ann.token })
    const begun = await client.exports.data({ type: 'projects', format: 'ndjson', filters: { role: ['owner'] } })
    assert.equal(begun.file_url, null)
    assert.equal((await client.exports.status({ id: begun.id })) instanceof Object, true)
    assert.ok(await client.jobs.status({ id: begun.id }))
  })
})
