import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Client as Connection } from 'pg'
import { createAuditLog } from '../../server/features/audit/index.ts'
import type { Database, Statement } from '../../server/ports/database.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('the audit log', () => {
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer()
    admin = server.admin
  })
  after(() => server.close())

  const logs = async (query = '') => (await expect(admin.rest('GET', `/audit/logs${query}`), 200)).body.data
  const about = async ({ person }: Client) =>
    (await logs('?page_size=100')).results.filter((entry: { resource_id: unknown }) => entry.resource_id === person.id)
  const put = ({ person }: Client, body: object) => admin.rest('PUT', `/admin/users/${person.id}`, body)

  it('[AU1] refuses everybody but administrators', async () => {
    const ann = await server.user('ann')
    assert.equal((await server.rest('GET', '/audit/logs')).status, 401)
    assert.equal((await ann.rest('GET', '/audit/logs')).status, 403)
  })

  it('[AU2] records each change of an account, with who made it, from where, and the old and new values', async () => {
    const ann = await server.user('ann')
    await expect(put(ann, { tier: 'pro', permissions: ['events:publish'] }), 200)
    const [entry] = await about(ann)
    assert.deepEqual(
      [entry.user_id, entry.action, entry.resource, entry.details.changes],
      [
        admin.person.id,
        'user.updated',
        'user',
        { tier: { from: 'free', to: 'pro' }, permissions: { from: [], to: ['events:publish'] } },
      ],
    )
    assert.match(entry.ip_address, /127\.0\.0\.1|::1/)
    assert.match(entry.created_at, /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/)
  })

  it('[AU2] records a password reset without its token, and nothing for a change that was refused or changed nothing', async () => {
    const ann = await server.user('ann')
    const { body } = await expect(admin.rest('POST', `/admin/users/${ann.person.id}/reset-password`, {}), 200)
    await expect(put(ann, { tier: 'free' }), 200)
    await expect(put(admin, { role: 'user' }), 409)
    const entries = await about(ann)
    assert.deepEqual(
      entries.map((entry: { action: string }) => entry.action),
      ['user.password_reset'],
    )
    assert.ok(!JSON.stringify(entries).includes(body.reset_token))
    assert.deepEqual(await about(admin), [])
  })

  it('[AU3] filters by person, action, resource and time, newest first, by page and by cursor', async () => {
    const ann = await server.user('ann')
    for (const tier of ['pro', 'free', 'pro']) await expect(put(ann, { tier }), 200)
    const tiers = (entries: { details: { changes?: { tier?: { to: string } } } }[]) =>
      entries.map(({ details }) => details.changes?.tier?.to)
    const found = await logs(`?user_id=${admin.person.id}&action=user.updated&resource=user&page_size=3`)
    assert.deepEqual(tiers(found.results), ['pro', 'free', 'pro'])
    assert.ok(found.count > 3 && found.next.includes('page=2'))
    const byCursor = await logs('?cursor=&page_size=2')
    assert.deepEqual(tiers(byCursor.results), ['pro', 'free'])
    assert.equal((await logs('?action=user.eaten')).count, 0)
    assert.equal((await logs('?created_at_start=2999-01-01T00:00:00Z')).count, 0)
    const refused = await expect(admin.rest('GET', '/audit/logs?actor=1'), 400)
    assert.deepEqual(Object.keys(refused.body.error.field_errors), ['actor'])
  })

  it('[AU4] refuses every statement that changes or removes an entry', async () => {
    await expect(put(await server.user('ann'), { tier: 'pro' }), 200)
    for (const statement of ['update audit_log set action = $$x$$', 'delete from audit_log', 'truncate audit_log']) {
      await assert.rejects(server.query(statement), /only grows/)
    }
  })

  it('[AU5] chains the entries by hash, also when many are written at once: each hash covers its entry and the hash before', async () => {
    const people = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(name => server.user(`chain_${name}`)))
    await Promise.all(people.map(person => expect(put(person, { tier: 'pro' }), 200)))
    const rows = await server.query<{ content: string; hash: string }>(`
      select hash, json_build_array(user_id, action, resource, resource_id, details::text, ip_address, user_agent,
        extract(epoch from created_at) * 1000)::text as content from audit_log order by id`)
    let before = ''
    for (const { content, hash } of rows) {
      assert.equal(
        hash,
        createHash('sha256')
          .update(before + content)
          .digest('hex'),
      )
      before = hash
    }
    assert.ok(rows.length >= people.length)
  })

  describe('whose entries somebody changed behind its back', () => {
    let owner: Connection
    /** With the settings that the server's own connections have. */
    const database = { query: ({ text, values }: Statement) => server.query(text, values) } as unknown as Database
    before(async () => {
      owner = new Connection({ connectionString: server.ownerUrl })
      await owner.connect()
    })
    after(() => owner.end())

    const verify = async () => (await expect(admin.rest('GET', '/audit/verify'), 200)).body.data
    const ids = async () =>
      (await server.query<{ id: number }>('select id from audit_log order by id')).map(({ id }) => Number(id))

    /** As the owner of the table, who may switch the trigger off. */
    async function tamper(statement: string) {
      await owner.query('alter table audit_log disable trigger audit_log_is_kept')
      await owner.query(statement)
      await owner.query('alter table audit_log enable trigger audit_log_is_kept')
    }

    it('[AU6] verifies the whole chain, names a changed entry, and the entry after a removed one', async () => {
      const ann = await server.user('ann')
      for (const tier of ['pro', 'free', 'pro', 'free']) await expect(put(ann, { tier }), 200)
      const all = await ids()
      const whole = await verify()
      assert.deepEqual([whole.ok, whole.checked, whole.last.id], [true, all.length, all.at(-1)])
      // However many entries one statement checks.
      for (const entries of [1, 2, 3]) {
        const { verify: verifyBy } = createAuditLog({ database }, entries)
        assert.deepEqual(await verifyBy({} as never, {}), whole)
      }

      await tamper(`update audit_log set ip_address = '1.2.3.4' where id = ${all.at(-3)}`)
      const changed = await verify()
      assert.deepEqual(
        [changed.ok, changed.checked, changed.first_broken_id, changed.last.id],
        [false, all.length - 3, all.at(-3), all.at(-4)],
      )
      await tamper(`delete from audit_log where id = ${all.at(-3)}`)
      for (const entries of [1, 2, 5_000]) {
        const { verify: verifyBy } = createAuditLog({ database }, entries)
        assert.equal((await verifyBy({} as never, {})).first_broken_id, all.at(-2))
      }
    })

    it('[AU6] is for administrators', async () => {
      assert.equal((await (await server.user('ann')).rest('GET', '/audit/verify')).status, 403)
    })
  })
})
