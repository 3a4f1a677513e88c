import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { sha256, unzipped } from '../suites/archive.ts'
import { download, exportEnds } from '../suites/exports.ts'
import { png, upload } from '../suites/media.ts'

describe('an export of one’s own data', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let picture: Buffer
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    picture = await png()
  })
  after(() => server.close())

  const archiveOf = async (client: Client) => {
    const found = await exportEnds(client, {}, '/gdpr/export-data')
    assert.deepEqual([found.status, found.error, found.type, found.format], ['completed', null, 'personal', 'zip'])
    const response = await download(server, client, found.file_url!)
    assert.equal(response.headers.get('content-type'), 'application/zip')
    return { ...found, entries: await unzipped(Buffer.from(await response.arrayBuffer())) }
  }

  it('[GD1] holds everything of the person, with the checksum of each file', async () => {
    const project = await addProject(ann, { name: 'Own' })
    await addMember(ann, project, bob, 'editor')
    const task = await addTask(ann, { title: 'mine', project: project.id })
    await addTask(bob, { title: 'given', project: project.id, assignee_id: ann.person.id })
    await addTask(bob, { title: 'of bob', project: project.id })
    await created(ann, `/tasks/${task.id}/comments`, { body: 'I say' })
    await created(bob, `/tasks/${task.id}/comments`, { body: 'bob says' })
    await created(ann, '/blog/posts', { title: 'a draft', body: 'x', status: 'draft' })
    await created(ann, '/videos', { title: 'seen', url: 'https://example.com/a.mp4', visibility: 'private' })
    const file = (await upload(server, ann, [{ content: picture, name: 'Ann’s.png' }])).body
    await upload(server, bob, [{ content: await png() }])
    await expect(ann.rest('PUT', '/notifications/preferences', { due_soon: false }), 200)

    const { entries } = await archiveOf(ann)
    const json = (name: string) => JSON.parse(entries.get(`${name}.json`)!.toString())
    assert.deepEqual(json('account')[0].email, ann.email)
    const titles = (name: string) => json(name).map(({ title }: any) => title)
    assert.deepEqual(titles('tasks'), ['mine', 'given'])
    assert.deepEqual(
      json('comments').map(({ body }: any) => body),
      ['I say'],
    )
    assert.deepEqual([titles('posts'), titles('videos')], [['a draft'], ['seen']])
    assert.deepEqual(
      json('memberships').map(({ name, role }: any) => [name, role]),
      [['Own', 'owner']],
    )
    assert.equal(json('sessions').length, 1)
    assert.deepEqual(
      json('notifications').map(({ type }: any) => type),
      ['assigned'],
    )
    assert.deepEqual(json('preferences'), [{ off: ['due_soon'] }])
    assert.ok(json('activity').every(({ actor_id }: any) => actor_id === ann.person.id) && json('activity').length > 2)
    assert.deepEqual(
      json('audit').map(({ action }: any) => action),
      ['user.registered', 'session.opened', 'member.added', 'export.created'],
    )
    assert.deepEqual(
      json('jobs').map(({ type }: any) => type),
      ['export'],
    )
    const [stored] = json('media')
    assert.deepEqual([json('media').length, stored.id], [1, file.id])
    assert.deepEqual(entries.get(stored.archived_as), picture)

    const manifest = json('manifest')
    assert.equal(manifest.person_id, ann.person.id)
    assert.deepEqual(
      manifest.entries.map(({ name }: any) => name).toSorted(),
      [...entries.keys()].filter(name => name !== 'manifest.json').toSorted(),
    )
    for (const { name, size, sha256: sum } of manifest.entries)
      assert.deepEqual([name, size, sum], [name, entries.get(name)!.length, sha256(entries.get(name)!)])
    const all = [...entries.values()].map(one => one.toString()).join('')
    for (const hidden of ['argon2', 'bob says', bob.email]) assert.ok(!all.includes(hidden), hidden)
  })

  it('[GD1] leaves out what the person may not see any more, and where administrators acted from', async () => {
    const project = await addProject(bob)
    await addMember(bob, project, ann, 'editor')
    await addTask(ann, { title: 'no more', project: project.id })
    await expect(bob.rest('DELETE', `/projects/${project.id}/members/${ann.person.id}`), 204)
    await expect(server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' }), 200)
    const { entries } = await archiveOf(ann)
    assert.doesNotMatch(entries.get('tasks.json')!.toString(), /no more/)
    const audit = JSON.parse(entries.get('audit.json')!.toString())
    const [changed] = audit.filter(({ action }: any) => action === 'user.updated')
    assert.deepEqual([changed.user_id, changed.ip_address, changed.user_agent], [null, null, null])
  })

  it('[GD2] is for nobody else, not for administrators either (attack 34)', async () => {
    const { id, file_url } = await archiveOf(ann)
    for (const other of [bob, server.admin]) {
      assert.equal((await download(server, other, file_url!)).status, 404)
      refuses(await other.rest('GET', `/export/status?id=${id}`), 'not_found')
    }
    refuses(await server.rest('POST', '/gdpr/export-data', {}), 'unauthenticated')
  })
})
