import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { password, startServer, type TestServer } from '../support/server.ts'
import { startGrudgingProxy } from './grudging-proxy.ts'
import { runCli } from './run-cli.ts'

describe('npm run seed -- --file', function () {
  // Each call is a process of its own.
  this.timeout(120_000)
  let server: TestServer
  let dir: string
  before(async () => {
    server = await startServer()
    dir = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
  })
  after(async () => {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  })

  async function load(name: string, lines: (object | string)[], url = server.url) {
    const text = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    await writeFile(path.join(dir, name), name.endsWith('.gz') ? gzipSync(text) : text)
    const account = ['--url', url, '--email', 'admin@example.com', '--password', password]
    const ended = await runCli(['seed', '--json', '--file', path.join(dir, name), ...account], { DATA_DIR: dir })
    return { ...ended, summary: JSON.parse(ended.stdout || 'null') }
  }
  const tasksIn = async (project: string) =>
    (await server.admin.rest('GET', `/tasks?project=${project}&sort=position&page_size=100`)).body.results

  it('[SD8] makes a task of each line, verbatim, and the missing projects', async () => {
    const written = {
      title: '日本語 \u2028 & <b>emoji</b> 👩‍💻',
      description: 'two\nlines',
      category: 'x',
      priority: 'urgent',
      status: 'done',
      project: 'fresh',
    }
    const { code, summary, stderr } = await load('one.ndjson.gz', [
      JSON.stringify(written),
      '',
      { title: 'b', project: 'fresh' },
    ])
    assert.equal(code, 0, stderr)
    assert.deepEqual([summary.accepted, summary.new_projects], [2, ['fresh']])
    const tasks = (await tasksIn('fresh')).toSorted((one: any, other: any) => one.title.length - other.title.length)
    assert.deepEqual({ ...tasks[1], ...written }, tasks[1])
    const { body } = await (await server.user()).rest('GET', '/projects/fresh')
    assert.equal(body.visibility, 'internal')
  })

  it('[SD7] reports refused lines by number and field, exits with 1, and loads the others', async () => {
    const lines = [
      { title: ' ' },
      'no json',
      { title: 'fine', project: 'mixed' },
      { title: 'a', priority: 'higher', project: 'No Slug' },
    ]
    const { code, summary, stderr } = await load('mixed.ndjson', lines)
    assert.equal(code, 1)
    assert.deepEqual(
      summary.rejected.map(({ line, fields }: any) => [line, Object.keys(fields)]),
      [
        [1, ['title']],
        [2, ['line']],
        [4, ['slug']],
      ],
    )
    assert.match(stderr, /^line 1: title must not be empty$/m)
    assert.equal((await tasksIn('mixed')).length, 1)
  })

  it('[SD11] makes nothing twice when it is run again', async () => {
    const lines = Array.from({ length: 30 }, (_, nth) => ({ title: `task ${nth % 3}`, project: 'again' }))
    await load('again.ndjson', lines.slice(0, 20))
    const { code, summary } = await load('again.ndjson', lines)
    assert.equal(code, 0)
    assert.equal(summary.accepted, 30)
    assert.equal((await tasksIn('again')).length, 30)
  })

  it('[SD12] tries again when the server is busy, restarts or breaks off an answer', async () => {
    const proxy = await startGrudgingProxy(server.url)
    const lines = Array.from({ length: 12 }, (_, nth) => ({ title: `task ${nth}`, project: 'grudging' }))
    const { code, summary, stderr } = await load('grudging.ndjson', lines, proxy.url)
    await proxy.close()
    assert.equal(code, 0, stderr)
    assert.equal(summary.accepted, 12)
    assert.deepEqual([...proxy.refusals].toSorted(), ['429', '503', 'broken', 'lost'])
    assert.equal((await tasksIn('grudging')).length, 12)
  })

  it('[SD13] needs an account, and a server that answers', async () => {
    const nobody = await runCli(['seed', '--file', 'x'], { DATA_DIR: dir })
    assert.match(nobody.stderr, /give --email and --password/)
    const { code, stderr } = await load('any.ndjson', [{ title: 'a' }], 'http://127.0.0.1:1')
    assert.equal(code, 1)
    assert.match(stderr, /No server answers at http:\/\/127\.0\.0\.1:1/)
  })
})
