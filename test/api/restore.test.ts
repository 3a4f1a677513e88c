import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Socket } from 'socket.io-client'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { programOf } from '../suites/api-keys.ts'
import { askRestore, beginRestore, contentOf, jobEnded, makeBackup, restore } from '../suites/backups.ts'
import { fetchFile, filesOf, png, upload } from '../suites/media.ts'
import { codeOf, turnOnTwoFactor } from '../suites/totp.ts'

const closed = (socket: Socket) => new Promise<string>(resolve => socket.once('disconnect', resolve))

describe('a restore', function () {
  this.timeout(120_000)
  let server: TestServer
  let admin: Client
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 100 } })
    admin = server.admin
    ann = await server.user('ann')
  })
  after(() => server.close())

  async function replaceTwoFactor(client: Client) {
    await expect(client.rest('DELETE', '/auth/totp', { password }), 204)
    return turnOnTwoFactor(client)
  }

  const addTask = async (title: string, more = {}) =>
    (await expect(admin.rest('POST', '/tasks', { title, ...more }), 201)).body

  it('[BR5] brings back every row as it was, and nothing that came later', async () => {
    const project = (await expect(admin.rest('POST', '/projects', { name: 'Plan' }), 201)).body
    const task = await addTask('First', { project: project.id })
    await expect(admin.rest('POST', `/tasks/${task.id}/comments`, { body: 'Tab\tand\nline, \\N and ünïcode' }), 201)
    await server.query(`delete from notifications`)
    const before = await contentOf(server)
    const backup = await makeBackup(admin, 'database')

    await expect(admin.rest('PATCH', `/tasks/${task.id}`, { title: 'Changed' }), 200)
    await addTask('Second')
    await server.user('later')
    await expect(admin.rest('DELETE', `/projects/${project.id}`), 204)
    const job = await restore(admin, backup.id)

    assert.deepEqual(await contentOf(server), before)
    assert.equal(
      job.result!.taken_at,
      (await server.query<{ at: string }>('select max(created_at) as at from backups'))[0] && job.result!.taken_at,
    )
    assert.deepEqual((await expect(admin.rest('GET', '/tasks?search=first'), 200)).body.count, 1)
  })

  it('[BR6] gives no id and no offset a second time', async () => {
    const backup = await makeBackup(admin, 'database')
    const later = await addTask('It will be gone')
    const { offset } = (await server.query<{ offset: number }>('select last as offset from log_head'))[0]!
    await restore(admin, backup.id)

    assert.ok((await addTask('The next one')).id > later.id)
    await eventually(async () => {
      const [head] = await server.query<{ first: number; last: number }>('select first, last from log_head')
      assert.ok(head!.first > offset && head!.last >= head!.first)
    })
  })

  it('[TF8] keeps the second factor of the present: a replaced secret and used recovery codes do not come back', async () => {
    const zoe = await server.user('zoe')
    const before = await turnOnTwoFactor(zoe)
    const backup = await makeBackup(admin, 'database')
    const { secret, recoveryCodes } = await replaceTwoFactor(zoe)
    const signIn = async (code: string) => {
      const { body } = await server.rest('POST', '/auth/login', { email: zoe.email, password })
      const { challenge } = body.error.details
      return (await server.rest('POST', '/auth/login/second-factor', { challenge, code })).status
    }
    assert.equal(await signIn(recoveryCodes[0]!), 200)
    await restore(admin, backup.id)

    assert.equal(await signIn(before.recoveryCodes[0]!), 401)
    assert.equal(await signIn(recoveryCodes[0]!), 401)
    assert.equal(await signIn(codeOf(before.secret, 1)), 401)
    assert.equal(await signIn(codeOf(secret, 1)), 200)
  })

  it('[SO15] keeps the links to accounts elsewhere as they are: one that was removed does not come back', async () => {
    const zoe = await server.user('zoe')
    const link = (subject: string) =>
      server.query(
        `insert into identities (user_id, provider, issuer, subject, linked_at) values ($1, 'corp', 'x', $2, now())`,
        [zoe.person.id, subject],
      )
    await link('before')
    const backup = await makeBackup(admin, 'database')
    await server.query('delete from identities where user_id = $1', [zoe.person.id])
    await link('after')
    await restore(admin, backup.id)
    const rows = await server.query<{ subject: string }>('select subject from identities where user_id = $1', [
      zoe.person.id,
    ])
    assert.deepEqual(
      rows.map(({ subject }) => subject),
      ['after'],
    )
  })

  it('[TF8] [SO15] brings back no way in for somebody who was erased since', async () => {
    const zoe = await server.user('zoe')
    const { id } = zoe.person
    await turnOnTwoFactor(zoe)
    await server.query(
      `insert into identities (user_id, provider, issuer, subject, linked_at) values ($1, 'corp', 'x', 'zoe', now())`,
      [id],
    )
    await server.query(`insert into scim_accounts (user_id, user_name, updated_at) values ($1, $2, now())`, [
      id,
      zoe.email,
    ])
    // Entries of the audit log are linked as they were when the backup was made.
    await eventually(async () => assert.deepEqual(await server.query('select 1 from audit_unsealed'), []))
    const backup = await makeBackup(admin, 'database')
    const { data } = (await expect(zoe.rest('POST', '/gdpr/erase', { password }), 202)).body
    await jobEnded(admin, data.id)
    await restore(admin, backup.id)
    const tables = ['totp_factors', 'recovery_codes', 'identities', 'scim_accounts']
    for (const table of tables)
      assert.deepEqual(await server.query(`select 1 from ${table} where user_id = $1`, [id]), [], table)
    const [user] = await server.query<{ two_factor: boolean }>('select two_factor from users where id = $1', [id])
    assert.equal(user!.two_factor, false)
  })

  it('[GD11] erases again with each restore, also after one of a backup in which the person is not yet', async () => {
    const older = await makeBackup(admin, 'database')
    const zoe = await server.user('zoe')
    const whole = await makeBackup(admin, 'database')
    const accounts = await makeBackup(admin, 'users')
    const { data } = (await expect(zoe.rest('POST', '/gdpr/erase', { password }), 202)).body
    await jobEnded(admin, data.id)
    const found = () => server.query('select name, email, is_active from users where id = $1', [zoe.person.id])
    const erased = [{ name: 'Deleted user', email: `deleted~${zoe.person.id}`, is_active: false }]
    for (const backup of [older, older, whole]) {
      await restore(admin, backup.id)
      // The audit log has lost something by an erasure that is known.
      assert.equal((await expect(admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
      assert.deepEqual(await found(), backup === older ? [] : erased)
    }
    await restore(admin, older.id)
    await restore(admin, accounts.id)
    assert.deepEqual(await found(), [])
    assert.equal((await server.rest('POST', '/auth/login', { email: zoe.email, password })).status, 401)
  })

  it('[BR7] gives the log a new name, so that connected and returning clients load again', async () => {
    const backup = await makeBackup(admin, 'database')
    const socket = await admin.socket()
    const joined = await socket.emitWithAck('join_room', { room: 'tasks' })
    const isClosed = closed(socket)
    await addTask('Nobody will ever have seen it')
    await restore(admin, backup.id)
    assert.equal(await isClosed, 'transport close')

    const again = await admin.socket()
    const { epoch, offset } = joined
    const back = await again.emitWithAck('join_room', { room: 'tasks', since: offset, epoch })
    assert.equal(back.recovered, false)
    assert.notEqual(back.epoch, epoch)
    assert.ok(back.offset > offset)
    const read = await expect(admin.rest('GET', `/events?room=tasks&since=${offset}&epoch=${epoch}`), 200)
    assert.equal(read.body.recovered, false)
    const received = new Promise(resolve => again.once('task_created', resolve))
    const task = await addTask('Live again')
    assert.equal(((await received) as { task: { id: number } }).task.id, task.id)
  })

  it('[BR8] signs everybody out but the administrator who restores', async () => {
    const backup = await makeBackup(admin, 'database')
    const elsewhere = await server.login(admin.email)
    await restore(admin, backup.id)

    assert.equal((await ann.rest('GET', '/auth/me')).status, 401)
    assert.equal((await elsewhere.rest('GET', '/auth/me')).status, 401)
    assert.equal((await server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken })).status, 401)
    await expect(admin.rest('GET', '/auth/me'), 200)
    await expect(server.rest('POST', '/auth/refresh', { refresh_token: admin.refreshToken }), 200)
    ann = await server.login(ann.email)
  })

  it('[BR9] leaves the audit log whole, with everything since the backup and the restore itself', async () => {
    const backup = await makeBackup(admin, 'database')
    await expect(admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' }), 200)
    await restore(admin, backup.id)

    const { results } = (await expect(admin.rest('GET', '/audit/logs?page_size=100'), 200)).body.data
    const actions = results.map(({ action }: { action: string }) => action)
    assert.deepEqual(actions.slice(0, 5), [
      'backup.restored',
      'backup.restore_confirmed',
      'backup.restore_asked',
      'user.updated',
      'backup.created',
    ])
    assert.equal((await expect(admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
    ann = await server.login(ann.email)
  })

  it('[BR9] leaves the chain whole after an erasure of entries that were not linked yet when the backup was made', async () => {
    const zoe = await server.user('zoe')
    const holder = await openConnection(server.databaseUrl)
    await holder.query('select pg_advisory_lock(7201004)')
    await expect(zoe.rest('PATCH', '/auth/me', { name: 'Zoe Other' }), 200)
    const backup = await makeBackup(admin, 'database')
    const { data } = (await expect(zoe.rest('POST', '/gdpr/erase', { password }), 202)).body
    await jobEnded(admin, data.id)
    await holder.end()
    await expect(admin.rest('GET', '/audit/verify'), 200)
    await restore(admin, backup.id)

    assert.equal((await expect(admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
  })

  it('[BR10] ends jobs that were unfinished, and says why', async () => {
    const backup = await makeBackup(admin, 'database')
    const [job] = await server.query<{ id: number }>(
      `insert into jobs (type, input, created_by) values ('of another release', '{}', ${ann.person.id}) returning id`,
    )
    await restore(admin, backup.id)

    const ended = await jobEnded(admin, job!.id)
    assert.deepEqual([ended.status, ended.error], ['cancelled', 'A backup was put back meanwhile.'])
    ann = await server.login(ann.email)
  })

  it('[AK13] keeps the API keys of the present: a revoked one does not work again, and a new one works on', async () => {
    const zoe = await server.user('zoe')
    const revoked = await programOf(server, zoe, ['tasks:read'])
    const rotated = await programOf(server, zoe, ['tasks:read'])
    const backup = await makeBackup(admin, 'database')
    await expect(zoe.rest('DELETE', `/api-keys/${revoked.apiKey.id}`), 204)
    await expect(zoe.rest('POST', `/api-keys/${rotated.apiKey.id}/rotate`, {}), 200)
    const made = await programOf(server, zoe, ['tasks:read'])
    const newcomer = await server.user('newcomer')
    const ofNobody = await programOf(server, newcomer, ['tasks:read'])
    await restore(admin, backup.id)

    await expect(made.rest('GET', '/tasks'), 200)
    for (const gone of [revoked, rotated, ofNobody]) await expect(gone.rest('GET', '/tasks'), 401)
  })

  it('[BR11] brings back files that were deleted since, and keeps those that are there', async () => {
    const add = async () => (await upload(server, admin, [{ content: await png(40, 30) }])).body
    const [kept, lost] = [await add(), await add()]
    const content = (await fetchFile(server, admin, lost.url)).content
    const backup = await makeBackup(admin, 'full')
    await expect(admin.rest('DELETE', `/blog/media/${lost.id}`), 204)
    await restore(admin, backup.id)

    for (const { url, thumbnail_url } of [kept, lost]) {
      assert.deepEqual((await fetchFile(server, admin, url)).status, 200)
      assert.deepEqual((await fetchFile(server, admin, thumbnail_url)).status, 200)
    }
    assert.deepEqual((await fetchFile(server, admin, lost.url)).content, content)
  })

  it('[BR11] puts everything back although a file was damaged before the backup, which names it', async () => {
    const damaged = (await upload(server, admin, [{ content: await png(50, 20) }])).body
    const lost = (await upload(server, admin, [{ content: await png(20, 50) }])).body
    const stored = (await filesOf(server)).find(file => file.endsWith(damaged.filename))!
    await writeFile(path.join(server.dataDir, 'media', stored), 'a broken disk')
    const backup = await makeBackup(admin, 'full')
    const [{ id }] = (await expect(admin.rest('GET', '/batch/status?type=create_backup'), 200)).body.data.results
    const made = (await expect(admin.rest('GET', `/batch/status?id=${id}`), 200)).body.data
    assert.deepEqual(made.result.damaged_files, [stored.replace('files/', '')])
    await expect(admin.rest('DELETE', `/blog/media/${lost.id}`), 204)
    await restore(admin, backup.id)
    assert.equal((await fetchFile(server, admin, lost.url)).status, 200)
  })

  it('[BR12] does nothing when the administrator would lock themselves out', async () => {
    const backup = await makeBackup(admin, 'database')
    const newcomer = await server.user('newcomer')
    await expect(admin.rest('PUT', `/admin/users/${newcomer.person.id}`, { role: 'admin' }), 200)
    const task = await addTask('It stays')
    const { id } = await beginRestore(newcomer, backup.id)
    const job = await jobEnded(newcomer, id)

    assert.equal(job.status, 'failed')
    assert.match(job.error!, /your account is not there/)
    await expect(admin.rest('GET', `/tasks/${task.id}`), 200)
    assert.deepEqual(await server.query(`select from pg_namespace where nspname like 'taskwire%'`), [])
  })

  it('[BR31] lets webhooks begin anew, and says before that what waits for them is lost', async () => {
    const hook = { url: 'https://example.com/hook', events: ['task.created'] }
    await expect(admin.rest('POST', '/webhooks/register', hook), 201)
    await server.query(
      `update webhooks set failing_since = now() - interval '4 days', paused_until = now() + interval '1 hour'`,
    )
    const backup = await makeBackup(admin, 'database')
    const { summary } = await askRestore(admin, backup.id)
    assert.ok(summary.warnings.some(warning => /webhooks is lost/.test(warning)))
    await restore(admin, backup.id)

    assert.deepEqual(await server.query('select failing_since, paused_until from webhooks'), [
      { failing_since: null, paused_until: null },
    ])
  })
})
