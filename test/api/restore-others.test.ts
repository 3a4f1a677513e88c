import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { beginRestore, jobEnded, makeBackup, restore } from '../suites/backups.ts'

describe('a restore beside things of the operator', function () {
  this.timeout(120_000)
  let server: TestServer
  const role = `reader_${process.pid}`
  before(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 50 } })
    await server.query(`create role ${role}`)
  })
  after(async () => {
    await server.query(`drop owned by ${role}`)
    await server.query(`drop role ${role}`)
    await server.close()
  })

  it('[BR25] leaves tables, functions and grants of theirs as they are', async () => {
    await server.query(`create table own_notes (id bigint generated always as identity primary key, note text)`)
    await server.query(`create function own_note() returns text language sql as $$ select 'mine' $$`)
    await server.query(`grant select on tasks, own_notes to ${role}`)
    await server.query(`insert into own_notes (note) values ('before')`)
    const backup = await makeBackup(server.admin, 'database')
    await server.query(`insert into own_notes (note) values ('after')`)
    await restore(server.admin, backup.id)

    const [found] = await server.query(
      `select array(select note from own_notes order by id) as notes, own_note(),
        has_table_privilege($1, 'tasks', 'select') as reads, has_table_privilege($1, 'tasks', 'insert') as writes`,
      [role],
    )
    assert.deepEqual(found, { notes: ['before', 'after'], own_note: 'mine', reads: true, writes: false })
  })

  it('[BR25] gives the serving role no more rights than before', async () => {
    const backup = await makeBackup(server.admin, 'database')
    await restore(server.admin, backup.id)
    const serving = await openConnection(server.databaseUrl)
    for (const statement of ['delete from audit_log', 'create table mine (a int)', 'alter table tasks add a int'])
      await assert.rejects(serving.query(statement), { code: '42501' })
    await serving.query('select event_log_add_partition(last / 500000 + 1) from log_head').catch(({ code }) => {
      assert.notEqual(code, '42501')
    })
    await assert.rejects(server.query('delete from audit_log'), /only grows/)
  })

  it('[BR25] refuses while views or references of theirs depend on the tables, and names them', async () => {
    const backup = await makeBackup(server.admin, 'database')
    for (const [make, drop] of [
      ['create view own_view as select title from tasks', 'drop view own_view'],
      ['create table own_things (task_id bigint references tasks (id))', 'drop table own_things'],
    ] as const) {
      await server.query(make)
      const job = await jobEnded(server.admin, (await beginRestore(server.admin, backup.id)).id)
      assert.equal(job.status, 'failed')
      assert.match(job.error!, /own_(view|things)/)
      await server.query(drop)
    }
    await restore(server.admin, backup.id)
    await expect(server.admin.rest('GET', '/tasks'), 200)
  })
})
