import assert from 'node:assert/strict'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { createHash } from 'node:crypto'
import { createAuditChain, createAuditLog } from '../../server/features/audit/index.ts'
import type { Database, Statement } from '../../server/ports/database.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

interface Entry {
  action: string
  resource: string
  resource_id: unknown
}

describe('the audit log', () => {
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer()
    admin = server.admin
  })
  after(() => server.close())

  const logs = async (query = '') => (await expect(admin.rest('GET', `/audit/logs${query}`), 200)).body.data
  const verify = async () => (await expect(admin.rest('GET', '/audit/verify'), 200)).body.data
  const about = async ({ person }: Client) =>
    (await logs(`?page_size=100&user_id=${admin.person.id}`)).results.filter(
      ({ resource, resource_id }: Entry) => resource === 'user' && resource_id === person.id,
    )
  const put = ({ person }: Client, body: object) => admin.rest('PUT', `/admin/users/${person.id}`, body)

  it('[AU1] refuses everybody but administrators', async () => {
    const ann = await server.user('ann')
    assert.equal((await server.rest('GET', '/audit/logs')).status, 401)
    assert.equal((await ann.rest('GET', '/audit/logs')).status, 403)
    // Nobody waits for the entry of a refusal, and the tests below count entries.
    const refusals = async () => (await admin.rest('GET', '/audit/logs?action=access.refused')).body.data.count
    await eventually(async () => assert.equal(await refusals(), 1))
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

  it('[AU4] refuses every statement that changes or removes an entry (attack 113)', async () => {
    await expect(put(await server.user('ann'), { tier: 'pro' }), 200)
    for (const statement of [
      'update audit_log set action = $$x$$',
      'delete from audit_log',
      'truncate audit_log',
      'update audit_log set ip_address = null, origin_salt = null, action = $$x$$',
      'update audit_log set personal = null, personal_salt = null, user_id = null',
      'update audit_chain set hash = $$x$$',
      'delete from audit_chain',
      'delete from audit_heads',
    ]) {
      await assert.rejects(server.query(statement), /only grows/)
    }
  })

  it('[AU5] chains the entries by hash, also when many are written at once: each hash covers its entry and the hash before', async () => {
    const people = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(name => server.user(`chain_${name}`)))
    await Promise.all(people.map(person => expect(put(person, { tier: 'pro' }), 200)))
    assert.equal((await verify()).ok, true)
    const rows = await server.query<{ seq: number; content: string; hash: string }>(`
      select seq, c.hash, json_build_array(id, user_id, action, resource, resource_id, details::text,
        extract(epoch from created_at) * 1000,
        encode(sha256(convert_to(origin_salt || json_build_array(ip_address, user_agent)::text, 'UTF8')), 'hex'),
        encode(sha256(convert_to(personal_salt || coalesce(personal::text, ''), 'UTF8')), 'hex'), personal_of)::text as content
      from audit_log join audit_chain c on entry_id = id order by seq`)
    let before = ''
    for (const [at, { seq, content, hash }] of rows.entries()) {
      assert.equal(seq, at + 1)
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

  it('[AU5] lets no command that is audited wait for another one that is open', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')]
    const open = await openConnection(server.ownerUrl)
    await open.query(`begin; insert into audit_log (action, resource, details, created_at)
        values ('test.open', 'test', '{}', now())`)
    await expect(put(ann, { tier: 'pro' }), 200)
    const linked = await verify()
    assert.equal(linked.ok, true)
    await open.query('commit')
    await expect(put(ben, { tier: 'pro' }), 200)
    assert.deepEqual([(await verify()).ok, (await verify()).checked], [true, linked.checked + 2])
  })

  describe('whose entries somebody changed behind its back', () => {
    let owner: Connection
    /** With the settings that the server's own connections have. */
    const database = { query: ({ text, values }: Statement) => server.query(text, values) } as unknown as Database
    /** Everything is linked already. */
    const chain = {
      ...createAuditChain({
        database,
        jwtSecret: 'a secret for tests that has more than 32 characters',
        log: { info: () => {} },
      }),
      seal: () => Promise.resolve(),
    }
    before(async () => {
      owner = await openConnection(server.ownerUrl)
    })

    const ids = async () =>
      (await server.query<{ id: number }>('select id from audit_log order by id')).map(({ id }) => Number(id))

    /** As the owner of the table, who may switch the trigger off. */
    async function tamper(statement: string) {
      for (const table of ['audit_log', 'audit_chain', 'audit_heads'])
        await owner.query(`alter table ${table} disable trigger user`)
      await owner.query(statement)
      for (const table of ['audit_log', 'audit_chain', 'audit_heads'])
        await owner.query(`alter table ${table} enable trigger user`)
    }

    it('[AU6] verifies the whole chain, names a changed entry, and the entry after a removed one (attack 113)', async () => {
      const ann = await server.user('ann')
      for (const tier of ['pro', 'free', 'pro', 'free']) await expect(put(ann, { tier }), 200)
      const all = await ids()
      const whole = await verify()
      assert.deepEqual([whole.ok, whole.checked, whole.last.id], [true, all.length, all.at(-1)])
      // However many entries one statement checks.
      for (const entries of [1, 2, 3]) {
        const { verify: verifyBy } = createAuditLog({ database, chain }, entries)
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
        const { verify: verifyBy } = createAuditLog({ database, chain }, entries)
        assert.equal((await verifyBy({} as never, {})).first_broken_id, all.at(-3))
      }
    })

    it('[AU6] names the entry after one that was removed with its link, one that is in no chain, and one whose address was removed (attack 113)', async () => {
      const other = await startServer()
      const its = await openConnection(other.ownerUrl)
      try {
        const check = async () => (await expect(other.admin.rest('GET', '/audit/verify'), 200)).body.data
        const ann = await other.user('ann')
        for (const tier of ['pro', 'free', 'pro'])
          await expect(other.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier }), 200)
        const { last } = await check()
        // Nobody asked for the erasure of this person.
        await its.query(
          `update audit_log set ip_address = null, user_agent = null, origin_salt = null where id = ${last.id}`,
        )
        assert.equal((await check()).first_broken_id, last.id)
        const free = `alter table audit_log disable trigger user; alter table audit_chain disable trigger user;
          alter table audit_heads disable trigger user;`
        await its.query(`${free} begin; delete from audit_chain where entry_id = ${last.id}`)
        await its.query(`commit`)
        assert.equal((await check()).first_broken_id, last.id)
        await its.query(`delete from audit_log where id = ${last.id}`)
        assert.equal((await check()).first_broken_id, undefined)
        await its.query(`delete from audit_chain where entry_id = ${last.id - 2};
          delete from audit_log where id = ${last.id - 2}`)
        assert.equal((await check()).first_broken_id, last.id - 1)

        // With its end removed the rest still fits; the signatures do not.
        await its.query(`delete from audit_chain; delete from audit_log`)
        const removed = await check()
        assert.deepEqual([removed.ok, removed.checked], [false, 0])
        assert.ok(removed.heads.first_broken_seq >= 1)
      } finally {
        await other.close()
      }
    })

    it('[AU7] finds a head whose signature was written by somebody who has not the key (attack 113)', async () => {
      const { heads } = await verify()
      assert.ok(heads.signed > 0 && heads.of_other_keys === 0 && heads.first_broken_seq === null)
      const [head] = await server.query<{ seq: number; signature: string }>('select * from audit_heads order by seq')
      await tamper(`update audit_heads set signature = '${'0'.repeat(64)}' where seq = ${head!.seq}`)
      assert.deepEqual([(await verify()).ok, (await verify()).heads.first_broken_seq], [false, head!.seq])
      await tamper(
        `update audit_heads set signature = '${head!.signature}', signed_at = now() where seq = ${head!.seq}`,
      )
      assert.equal((await verify()).heads.first_broken_seq, head!.seq)
    })

    it('[AU6] is for administrators', async () => {
      assert.equal((await (await server.user('ann')).rest('GET', '/audit/verify')).status, 403)
    })
  })
})
