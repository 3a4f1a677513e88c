import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

describe('acting on many accounts', () => {
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer()
    admin = server.admin
  })
  after(() => server.close())

  const path = '/batch/users/action'
  const start = (action: string, people: { id: number }[], more: object = {}, as = admin) =>
    as.rest('POST', path, { action, user_ids: people.map(({ id }) => id), ...more })
  const ended = async (id: number, as = admin) => {
    let job: any
    await eventually(async () => {
      job = (await expect(as.rest('GET', `/batch/status?id=${id}`), 200)).body.data
      assert.notEqual(job.completed_at, null)
    })
    return job
  }
  const run = async (...given: Parameters<typeof start>) => ended((await expect(start(...given), 202)).body.data.id)
  const account = async ({ person }: Client) => (await expect(admin.rest('GET', `/admin/users/${person.id}`), 200)).body

  it('[AC30] refuses everybody but administrators, and names each wrong field', async () => {
    const ann = await server.user('ann')
    refuses(await server.rest('POST', path, {}), 'unauthenticated')
    refuses(await start('ban', [ann.person], {}, ann), 'forbidden')
    refuses(await start('eat', [ann.person]), 'validation_error', ['action'])
    refuses(await start('ban', []), 'validation_error', ['user_ids'])
    refuses(await start('ban', [ann.person], { role: 'admin' }), 'validation_error', ['role'])
    refuses(await start('set_role', [ann.person]), 'validation_error', ['role'])
    const many = Array.from({ length: 1001 }, (_, nth) => ({ id: nth + 1 }))
    refuses(await start('ban', many), 'validation_error', ['user_ids'])
  })

  it('[AC30] applies each action to all accounts in one job', async () => {
    const people = await Promise.all(['one', 'two', 'three'].map(name => server.user(name)))
    const persons = people.map(({ person }) => person)
    const seen = async () => {
      const { is_active, is_verified, role } = await account(people[1]!)
      return { is_active, is_verified, role }
    }
    const job = await run('deactivate', persons)
    assert.deepEqual(
      [job.type, job.status, job.total_items, job.processed_items, job.failed_items, job.result],
      ['users_action', 'completed', 3, 3, 0, { changed: 3, failed: [] }],
    )
    assert.deepEqual(await seen(), { is_active: false, is_verified: false, role: 'user' })
    await run('activate', persons)
    await run('verify', persons)
    await run('set_role', persons, { role: 'admin' })
    assert.deepEqual(await seen(), { is_active: true, is_verified: true, role: 'admin' })
    await run('set_role', persons, { role: 'user' })
  })

  it('[AC28] bans an account, and only lifting the ban enables it again', async () => {
    const ann = await server.user('ann')
    await run('ban', [ann.person], { reason: 'sold the plants' })
    refuses(await ann.rest('GET', '/auth/me'), 'account_disabled')
    assert.deepEqual((await run('activate', [ann.person])).result.failed, [
      { user_id: ann.person.id, code: 'conflict', message: 'This account is banned; lift the ban first.' },
    ])
    refuses(await admin.rest('PATCH', `/admin/users/${ann.person.id}/toggle-active`, {}), 'conflict')
    refuses(await admin.rest('PUT', `/admin/users/${ann.person.id}`, { is_active: true }), 'conflict')
    await run('unban', [ann.person])
    assert.deepEqual([(await account(ann)).is_active, (await account(ann)).is_banned], [true, false])
    await run('deactivate', [ann.person])
    await run('unban', [ann.person])
    assert.equal((await account(ann)).is_active, false, 'what was never banned stays as it is')
    await run('activate', [ann.person])
    await expect(ann.rest('GET', '/auth/me'), 200)
  })

  it('[AC30] reports the accounts that cannot be changed and changes the others; the last administrator stays', async () => {
    const ann = await server.user('ann')
    const job = await run('deactivate', [admin.person, ann.person, { id: 999_999 }, ann.person])
    assert.deepEqual([job.status, job.processed_items, job.failed_items, job.result.changed], ['completed', 3, 2, 1])
    assert.deepEqual(
      job.result.failed.map(({ user_id, code }: { user_id: number; code: string }) => [user_id, code]),
      [
        [admin.person.id, 'conflict'],
        [999_999, 'not_found'],
      ],
    )
    await expect(admin.rest('GET', '/auth/me'), 200)
  })

  it('[AC30] writes an audit entry for each account, with the reason and the address of the request', async () => {
    const ann = await server.user('ann')
    await run('ban', [ann.person], { reason: 'sold the plants' })
    const { results } = (await expect(admin.rest('GET', '/audit/logs?page_size=100'), 200)).body.data
    const entry = results.find(({ resource_id }: { resource_id: number }) => resource_id === ann.person.id)
    assert.deepEqual(
      [entry.user_id, entry.details.reason, entry.details.changes.is_banned, entry.ip_address !== ''],
      [admin.person.id, 'sold the plants', { from: false, to: true }, true],
    )
  })

  it('[AC30] fails when its owner is no longer an administrator', async () => {
    const boss = await server.user('boss')
    await run('set_role', [boss.person], { role: 'admin' })
    const others = await server.query<{ id: number }>(
      `insert into users (email, username, name, password_hash, role)
       select n || '@example.com', 'other' || n, 'Other', '', 'admin' from generate_series(1, 25) n returning id::int`,
    )
    // The job goes by id, twenty at a time: the first twenty include its owner.
    const { body } = await expect(start('set_role', [boss.person, ...others], { role: 'user' }, boss), 202)
    const job = await ended(body.data.id)
    assert.deepEqual(
      [job.status, job.processed_items, job.error],
      ['failed', 20, 'Whoever began this is no administrator any more.'],
    )
    const left = await server.query(`select from users where username like 'other%' and role = 'admin'`)
    assert.equal(left.length, 6)
  })

  it('[AC30] does not deadlock with password resets and changes of the same accounts', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, (_, nth) => server.user(`busy_${nth}`)))
    const persons = people.map(({ person }) => person)
    const deadlocks = async () =>
      (
        await server.query<{ deadlocks: number }>(
          'select deadlocks::int from pg_stat_database where datname = current_database()',
        )
      )[0]!.deadlocks
    const before = await deadlocks()
    await Promise.all([
      ...['verify', 'deactivate', 'activate'].map(action => run(action, persons)),
      ...persons.toReversed().map(({ id }) => expect(admin.rest('POST', `/admin/users/${id}/reset-password`, {}), 200)),
      ...persons.map(({ id }) => expect(admin.rest('PUT', `/admin/users/${id}`, { tier: 'pro' }), 200)),
    ])
    assert.equal(await deadlocks(), before)
  })
})
