import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, utimes } from 'node:fs/promises'
import path from 'node:path'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { admin, useServerProcesses } from '../support/use-server-processes.ts'

const rows = 2_000

describe('a server that is killed in the middle of an export', function () {
  this.timeout(120_000)
  const processes = useServerProcesses()
  const { start } = processes
  let db: Connection
  before(async () => {
    db = await openConnection(processes.database.ownerUrl)
  })

  const kill = async (server: ServerProcess) => {
    server.signal('SIGKILL')
    await server.ended
  }
  const post = async (url: string, where: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/api/v1${where}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as any
  }
  const job = async () => (await db.query('select * from jobs')).rows[0]
  const filesIn = async (folder: string) => {
    const dir = path.join(processes.dataDir, 'media', folder)
    return (await readdir(dir).catch(() => [])).map(name => path.join(dir, name))
  }

  it('[XP13] begins anew elsewhere, and leaves one file: the whole one', async () => {
    const holder = await openConnection(processes.database.ownerUrl)
    const first = await start()
    const { access_token } = await post(first.url, '/auth/login', admin)
    await db.query(
      `insert into tasks (title, description, position, created_by, updated_by)
       select 'task ' || n, repeat('x', 1000), n, id, id from generate_series(1, ${rows}) as n, users`,
    )
    // Killed while it reads.
    await holder.query('begin; lock table tasks in access exclusive mode')
    await post(first.url, '/export/data', { type: 'tasks', format: 'ndjson' }, access_token)
    await eventually(async () => assert.equal((await job()).status, 'running'))
    await eventually(async () => assert.equal((await filesIn('drafts')).length, 1))
    await kill(first.server)
    // Killed when the file is in the storage and its key is not committed.
    await holder.query('rollback; begin; lock table exports in share mode')
    const second = await start()
    await eventually(async () => assert.equal((await filesIn('files/ex')).length, 1), { within: 30_000 })
    await kill(second.server)
    await holder.query('rollback')
    const [orphan] = await filesIn('files/ex')
    for (const file of [orphan!, ...(await filesIn('drafts'))]) await utimes(file, 0, 0)

    const third = await start()
    await eventually(async () => assert.equal((await job()).status, 'completed', JSON.stringify(await job())), {
      within: 30_000,
    })
    const answer = await fetch(`${third.url}/api/v1/export/files/${(await job()).id}`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    const text = await answer.text()
    assert.deepEqual([answer.status, text.split('\n').length - 1], [200, rows])
    assert.equal((await job()).processed_items, rows)
    // The housekeeping runs some seconds after the start.
    await eventually(async () => assert.deepEqual([existsSync(orphan!), await filesIn('drafts')], [false, []]), {
      within: 30_000,
    })
    assert.equal((await filesIn('files/ex')).length, 1)
  })
})
