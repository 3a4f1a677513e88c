import assert from 'node:assert/strict'
import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Connection, withConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { createPlayground, type Playground } from '../support/server-process.ts'

const email = 'admin@example.com'
const password = 'correct horse 9'
const settings = { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }

describe('the roles of the embedded database', function () {
  this.timeout(120_000)
  let place: Playground
  beforeEach(async () => {
    place = await createPlayground()
  })
  afterEach(() => place.remove())

  const inBase = (name: string) => path.join(place.dataDir, 'pg', name)
  const read = (name: string) => readFile(inBase(name), 'utf8')
  async function asOwner<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    const url = `postgres://taskwire:${await read('password')}@127.0.0.1:${await read('port')}/taskwire`
    return withConnection(url, ask)
  }
  /** The connected roles, without that of this query and of sessions that are signing in. */
  const connected = () =>
    asOwner(async client => {
      const { rows } = await client.query<{ usename: string }>(
        `select distinct usename from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() and usename is not null`,
      )
      return rows.map(({ usename }) => usename)
    })

  /** A write, its event, an entry of the audit log, and a job. */
  async function work(address: string, name: string) {
    const call = async (method: string, to: string, body?: object, token?: string) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
      const answer = await fetch(`${address}/api/v1${to}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      })
      assert.ok(answer.ok, `${method} ${to}: ${answer.status} ${await answer.clone().text()}`)
      return answer.json() as Promise<any>
    }
    const { access_token: token } = await call('POST', '/auth/login', { email, password })
    const { id } = await call('POST', '/tasks', { title: name }, token)
    await eventually(async () => {
      const { results } = await call('GET', '/events?room=tasks&since=0', undefined, token)
      assert.ok(results.some((event: any) => event.payload.task?.id === id))
    })
    const person = { email: `${name}@example.com`, username: name, password: 'a good long secret' }
    const { user } = await call('POST', '/auth/register', person)
    const { data: job } = await call(
      'POST',
      '/batch/users/action',
      { user_ids: [user.id], action: 'deactivate' },
      token,
    )
    await eventually(async () => {
      const { status } = (await call('GET', `/batch/status?id=${job.id}`, undefined, token)).data
      assert.equal(status, 'completed')
    })
    const { data } = await call('GET', '/audit/logs', undefined, token)
    assert.ok(data.results.some((entry: any) => String(entry.resource_id) === String(user.id)))
  }

  it('[RO5] serves with the role that owns nothing on every connection', async () => {
    const server = place.start(settings)
    await work(await server.ready(), 'first')
    assert.deepEqual(await connected(), ['taskwire_server'])
    assert.equal((await stat(inBase('server-password'))).mode & 0o777, 0o600)
    assert.notEqual(await read('server-password'), await read('password'))
  })

  it('[RO5] gives a data folder of an earlier release the role at the next start', async () => {
    const first = place.start(settings)
    await work(await first.ready(), 'first')
    await asOwner(async client => {
      await client.query(`drop function event_log_add_partition(bigint), event_log_drop_partition(text)`)
      await client.query(`delete from mikro_orm_migrations where name like '%partition_functions%'`)
      await client.query('drop policy by_grant on graphile_worker._private_jobs')
      await client.query('drop owned by taskwire_server; drop role taskwire_server')
    })
    first.signal('SIGTERM')
    await first.ended
    await rm(inBase('server-password'))

    const second = place.start(settings)
    await work(await second.ready(), 'second')
    assert.deepEqual(await connected(), ['taskwire_server'])
  })
})

describe('the roles of a database of the operator', function () {
  this.timeout(120_000)
  let place: Playground
  let database: TestDatabase
  before(async () => {
    place = await createPlayground()
    database = await testDatabase()
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })

  const start = async (env: Record<string, string>) => {
    const secret = 'a secret for tests that has more than 32 characters'
    const server = place.start({ ...settings, NODE_ENV: 'production', JWT_SECRET: secret, ...env })
    await server.ready()
    return server.output()
  }

  it('[RO4] warns in production, once, when one role does both; and not when there are two', async () => {
    const one = await start({ DATABASE_URL: database.ownerUrl })
    assert.equal(one.match(/could change the audit log: set DATABASE_MIGRATION_URL/g)?.length, 1)
    const two = await start({ DATABASE_URL: database.url, DATABASE_MIGRATION_URL: database.ownerUrl })
    assert.doesNotMatch(two, /DATABASE_MIGRATION_URL/)
  })
})
