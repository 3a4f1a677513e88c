import assert from 'node:assert/strict'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { backupFiles, contentOf, listBackups } from '../suites/backups.ts'
import { png, upload } from '../suites/media.ts'
import { runCli } from './run-cli.ts'

describe('npm run cli -- backup', function () {
  // Each call is a process of its own, and a verification starts a PostgreSQL.
  this.timeout(180_000)
  let server: TestServer
  let elsewhere: string
  const backup = (...args: string[]) =>
    runCli(['backup', ...args], {
      DATABASE_URL: server.databaseUrl,
      DATABASE_MIGRATION_URL: server.ownerUrl,
      DATA_DIR: server.dataDir,
      LOG_LEVEL: 'warn',
    })
  before(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 100 } })
    elsewhere = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
    await upload(server, server.admin, [{ content: await png() }])
  })
  after(async () => {
    await server.close()
    await rm(elsewhere, { recursive: true, force: true })
  })

  it('[CL3] makes backups that the API lists, and puts one back under a running server', async () => {
    const { admin } = server
    const made = await backup('create', '--json')
    assert.equal(made.code, 0, made.stderr)
    const { id, status, type } = JSON.parse(made.stdout)
    assert.deepEqual([status, type], ['completed', 'full'])
    assert.deepEqual(
      (await listBackups(admin)).map(one => one.id),
      [id],
    )
    assert.match((await backup('list')).stdout, new RegExp(`^${id} .* full {2}completed`))

    const before = await contentOf(server)
    await expect(admin.rest('POST', '/tasks', { title: 'It will be gone' }), 201)
    const socket = await admin.socket()
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    const unasked = await backup('restore', String(id))
    assert.equal(unasked.code, 1)
    assert.match(unasked.stderr, /--yes/)
    const restored = await backup('restore', String(id), '--yes', '--json')
    assert.equal(restored.code, 0, restored.stderr)
    await closed
    assert.deepEqual(await contentOf(server), before)
    // The server notices the end of the maintenance by itself.
    await eventually(async () => assert.equal((await admin.rest('GET', '/auth/me')).status, 401))
    await server.login(admin.email)
  })

  it('[CL4] verifies a backup in a throwaway database, from a file too, and says what is wrong with one', async () => {
    const before = await contentOf(server)
    const { id } = JSON.parse((await backup('list', '--json')).stdout)[0]
    const good = await backup('verify', String(id), '--json')
    assert.equal(good.code, 0, good.stderr)
    const { rows, files, head } = JSON.parse(good.stdout)
    assert.deepEqual([files, head.type, rows > 0], [2, 'full', true])

    const [stored] = await backupFiles(server)
    const copy = path.join(elsewhere, 'copy.backup')
    await copyFile(stored!, copy)
    const fromFile = await backup('verify', copy)
    assert.match(fromFile.stdout, /^It is good: full of /)
    const content = await readFile(copy)
    content[content.length >> 1]! ^= 4
    await writeFile(copy, content)
    const bad = await backup('verify', copy)
    assert.deepEqual([bad.code, bad.stdout], [1, ''])
    assert.match(bad.stderr, /The backup is damaged/)
    assert.match((await backup('verify', path.join(elsewhere, 'none'))).stderr, /no file/)
    assert.deepEqual(await contentOf(server), before)
  })

  it('[CL5] puts a backup from a file into a new installation, with its key', async () => {
    const [stored] = await backupFiles(server)
    const next = await startServer({
      env: { BACKUP_KEY: (await readFile(`${server.dataDir}/backup.key`, 'utf8')).trim() },
      tuning: { maintenanceLookMs: 100 },
    })
    try {
      await server.login(server.admin.email)
      const before = await contentOf(server)
      const { code, stderr } = await runCli(['backup', 'restore', stored!, '--yes'], {
        DATABASE_URL: next.databaseUrl,
        DATABASE_MIGRATION_URL: next.ownerUrl,
        DATA_DIR: next.dataDir,
        BACKUP_KEY: (await readFile(`${server.dataDir}/backup.key`, 'utf8')).trim(),
      })
      assert.equal(code, 0, stderr)
      const { users: _, ...after } = await contentOf(next)
      const { users: __, ...wanted } = before
      assert.deepEqual(after, wanted)
      // The server notices the end of the maintenance by itself.
      const back = await eventually(() => next.login(server.admin.email))
      assert.equal((await expect(back.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
    } finally {
      await next.close()
    }
  })
})
