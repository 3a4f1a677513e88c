import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { beginRestore, contentOf, jobEnded, makeBackup, restore } from '../suites/backups.ts'
import { fetchFile, filesOf, png, upload } from '../suites/media.ts'

describe('a restore of a part', function () {
  this.timeout(120_000)
  let server: TestServer
  let admin: Client
  beforeEach(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 50 } })
    admin = server.admin
  })
  afterEach(() => server.close())

  const addFile = async (client: Client, fields = {}) =>
    (await upload(server, client, [{ content: await png() }], fields)).body

  it('[BR18] of the accounts sets them back, keeps later ones, and signs everybody else out', async () => {
    const ann = await server.user('ann')
    const backup = await makeBackup(admin, 'users')
    const task = (await expect(ann.rest('POST', '/tasks', { title: 'It stays' }), 201)).body
    await expect(admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro', role: 'admin' }), 200)
    await expect(
      ann.rest('POST', '/auth/change-password', { current_password: password, new_password: 'another horse 9' }),
      204,
    )
    const later = await server.user('later')
    const { users: _, sessions: __, ...before } = await contentOf(server)
    const socket = await ann.socket()
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    await restore(admin, backup.id)
    await closed

    const { users: ___, sessions: ____, ...after } = await contentOf(server)
    const { activity: _____, ...rest } = after
    const { activity: ______, ...restBefore } = before
    assert.deepEqual(rest, restBefore)
    assert.equal((await ann.rest('GET', '/auth/me')).status, 401)
    const again = await server.login(ann.email)
    assert.deepEqual([again.person.role, again.person.tier], ['user', 'free'])
    await expect(again.rest('GET', `/tasks/${task.id}`), 200)
    assert.equal((await server.login(later.email)).person.id, later.person.id)
  })

  it('[BR18] of the accounts brings back one that is gone, and refuses when its name is somebody else’s', async () => {
    const ann = await server.user('ann')
    const backup = await makeBackup(admin, 'users')
    await server.query('delete from users where id = $1', [ann.person.id])
    await restore(admin, backup.id)
    assert.equal((await server.login(ann.email)).person.id, ann.person.id)

    await server.query('delete from users where id = $1', [ann.person.id])
    const account = { email: 'other@example.com', username: ann.person.username, password }
    await expect(server.rest('POST', '/auth/register', account), 201)
    const job = await jobEnded(admin, (await beginRestore(admin, backup.id)).id)
    assert.equal(job.status, 'failed')
    assert.match(job.error!, new RegExp(`somebody else now: ${ann.person.username}`))
  })

  it('[BR18] of the accounts is refused when they are those of another installation', async () => {
    const backup = await makeBackup(admin, 'users')
    await server.query(`update users set created_at = created_at - interval '1 day' where id = $1`, [admin.person.id])
    const job = await jobEnded(admin, (await beginRestore(admin, backup.id)).id)
    assert.match(job.error!, /another installation/)
  })

  it('[BR19] of the files brings them back, but shows nobody a file of a project that is gone', async () => {
    const project = (await expect(admin.rest('POST', '/projects', { name: 'Plan' }), 201)).body
    const task = (await expect(admin.rest('POST', '/tasks', { title: 'One', project: project.id }), 201)).body
    const free = await addFile(admin)
    const onTask = await addFile(admin, { task_id: task.id })
    const hidden = (await expect(admin.rest('POST', '/projects', { name: 'Hidden' }), 201)).body
    const inHidden = await addFile(admin, { project: hidden.id })
    const { content } = await fetchFile(server, admin, free.url)
    const backup = await makeBackup(admin, 'media')
    for (const { id } of [free, onTask]) await expect(admin.rest('DELETE', `/blog/media/${id}`), 204)
    await expect(admin.rest('DELETE', `/projects/${hidden.id}`), 204)
    await expect(admin.rest('DELETE', `/tasks/${task.id}`), 204)
    const later = await addFile(admin)
    const job = await restore(admin, backup.id)

    assert.deepEqual([job.result!.rows, job.result!.skipped], [2, 1])
    assert.deepEqual((await fetchFile(server, admin, free.url)).content, content)
    const back = (await expect(admin.rest('GET', `/blog/media/${onTask.id}`), 200)).body
    assert.deepEqual([back.task_id ?? null, back.project_id], [null, project.id])
    await expect(admin.rest('GET', `/blog/media/${inHidden.id}`), 404)
    await expect(admin.rest('GET', `/blog/media/${later.id}`), 200)
  })

  const erase = async (client: Client) => {
    const { data } = (await expect(client.rest('POST', '/gdpr/erase', { password }), 202)).body
    assert.equal((await jobEnded(admin, data.id)).status, 'completed')
  }

  it('[BR29] of the accounts leaves out who was erased since, also when they have registered again', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    await expect(bob.rest('PATCH', '/auth/me', { name: 'Bob of then' }), 200)
    await expect(ann.rest('PUT', '/notifications/preferences', { due_soon: false }), 200)
    const backup = await makeBackup(admin, 'users')
    await erase(ann)
    const account = { email: ann.email, username: ann.person.username, name: 'Ann', password }
    const { user } = (await expect(server.rest('POST', '/auth/register', account), 201)).body
    await expect(bob.rest('PATCH', '/auth/me', { name: 'Bob of now' }), 200)
    const job = await restore(admin, backup.id)

    assert.equal(job.result!.skipped, 2)
    assert.equal((await server.login(bob.email)).person.name, 'Bob of then')
    assert.equal((await server.login(ann.email)).person.id, user.id)
    const [row] = await server.query('select name, is_active from users where id = $1', [ann.person.id])
    assert.deepEqual(row, { name: 'Deleted user', is_active: false })
    assert.deepEqual(await server.query('select from erasures where completed_at is null'), [])
  })

  it('[BR29] of the files leaves out those of who was erased since, and does not store them again', async () => {
    const ann = await server.user('ann')
    const [hers, mine] = [await addFile(ann), await addFile(admin)]
    const gone = (await expect(admin.rest('POST', '/projects', { name: 'Gone' }), 201)).body
    await addFile(admin, { project: gone.id })
    const backup = await makeBackup(admin, 'media')
    await erase(ann)
    await expect(admin.rest('DELETE', `/blog/media/${mine.id}`), 204)
    await expect(admin.rest('DELETE', `/projects/${gone.id}`), 204)
    // As the clean-up does.
    await rm(`${server.dataDir}/media/files`, { recursive: true })
    const job = await restore(admin, backup.id)

    assert.deepEqual([job.result!.rows, job.result!.skipped, job.result!.files], [1, 2, 2])
    assert.equal((await filesOf(server)).length, 2)
    assert.deepEqual(await server.query('select id from media'), [{ id: mine.id }])
    await expect(admin.rest('GET', `/blog/media/${hers.id}`), 404)
  })
})
