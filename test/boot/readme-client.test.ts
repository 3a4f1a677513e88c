import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../server/adapters/database.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'
import { password } from '../support/server.ts'
import { createPlayground, type Playground, type ServerProcess } from '../support/server-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const email = 'admin@example.com'
const tokenTtlSeconds = 2
/** A token is accepted for a little longer. */
const graceMs = 5_500
const patience = { within: 30_000 }

/** The code under "A client in ten lines", unchanged except for the server and the person. */
async function readmeClient(url: string): Promise<string> {
  const readme = await readFile(`${root}/README.md`, 'utf8')
  const code = /## A client in ten lines\n+```js\n([\s\S]*?)```/.exec(readme)?.[1]
  assert.ok(code, 'the README shows no client')
  assert.ok(code.trim().split('\n').length <= 10, 'it has more than ten lines')
  let own = code
  for (const [shown, meant] of [
    ['http://127.0.0.1:3000', url],
    ['me@example.com', email],
    ['…', password],
  ] as const) {
    assert.ok(own.includes(`'${shown}'`), `it does not say ${shown}`)
    own = own.replaceAll(`'${shown}'`, `'${meant}'`)
  }
  return own
}

describe('the client in the README', () => {
  let database: TestDatabase
  let owner: Awaited<ReturnType<typeof openDatabase>>
  let place: Playground
  let server: ServerProcess
  let proxy: FaultProxy
  let env: Record<string, string>
  let url: string
  let client: ChildProcess | undefined
  let printed = ''

  before(async function () {
    this.timeout(120_000)
    database = await testDatabase()
    owner = openDatabase(database.ownerUrl, createLogger({ level: 'silent', pretty: false }))
    place = await createPlayground()
    // The server has another port after each start.
    proxy = await startFaultProxy(0)
    url = `http://127.0.0.1:${proxy.port}`
    env = {
      PORT: '0',
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
      ADMIN_EMAIL: email,
      ADMIN_PASSWORD: password,
      ACCESS_TOKEN_TTL: String(tokenTtlSeconds),
    }
    await start()
    const code = await readmeClient(url)
    // Saved as `client.mjs` in this folder.
    client = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [client.stdout, client.stderr])
      stream!.setEncoding('utf8').on('data', (text: string) => (printed += text))
  })
  after(async () => {
    client?.kill('SIGKILL')
    await place?.remove()
    await proxy?.close()
    await owner?.close()
    await database?.drop()
  })

  async function start() {
    server = place.start(env)
    proxy.pointAt(Number(new URL(await server.ready()).port))
  }
  /** The token of the client's session, which is renewed. */
  async function token(): Promise<{ endsMs: number; lastsMs: number }> {
    const text = `
      select access_expires_at as ends, created_at as began from sessions
      order by access_expires_at - created_at desc limit 1`
    const [row] = await owner.query<{ ends: string; began: string }>({ text, values: [] })
    const endsMs = Date.parse(row!.ends)
    return { endsMs, lastsMs: endsMs - Date.parse(row!.began) }
  }
  async function signIn(): Promise<string> {
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    return ((await response.json()) as { access_token: string }).access_token
  }
  async function create(title: string) {
    const response = await fetch(`${url}/api/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signIn()}` },
      body: JSON.stringify({ title }),
    })
    assert.equal(response.status, 201)
  }
  const prints = (text: string) =>
    eventually(() => assert.ok(printed.includes(text), `no ${text} in:\n${printed}`), patience)
  /** Waits until the client has joined: it does not get earlier events. */
  const receives = (title: string) =>
    eventually(
      async () => {
        await create(title)
        assert.ok(printed.includes(title), `no ${title} in:\n${printed}`)
      },
      { ...patience, every: 500 },
    )

  it('[LV3] prints events, and continues after its token has expired, twice', async function () {
    this.timeout(120_000)
    await receives('the first')
    await eventually(async () => assert.ok((await token()).lastsMs > 3_000 * tokenTtlSeconds), patience)
    await create('after two tokens')
    await prints('after two tokens')
    assert.equal(client!.exitCode, null)
  })

  it('[LV3] misses nothing when the server restarts for longer than its token lasts', async function () {
    this.timeout(120_000)
    server.signal('SIGTERM')
    await server.ended
    const { endsMs } = await token()
    await eventually(() => assert.ok(Date.now() > endsMs + graceMs), patience)
    await start()
    await create('while it was away, maybe')
    await prints('while it was away, maybe')
  })

  it('[LV3] reports a log of another name, and prints later events', async function () {
    this.timeout(120_000)
    server.signal('SIGTERM')
    await server.ended
    await owner.query({ text: 'update log_head set epoch = gen_random_uuid()::text', values: [] })
    await start()
    await prints('reload your data')
    await receives('in another log')
  })

  it('[LV3] reports that its session was ended, and exits', async () => {
    const access = await signIn()
    const headers = { authorization: `Bearer ${access}` }
    const list = (await (await fetch(`${url}/api/v1/sessions/list?page_size=100`, { headers })).json()) as {
      data: { results: { id: string; current: boolean }[] }
    }
    const gone = new Promise<number | null>(resolve => client!.once('exit', resolve))
    for (const { id, current } of list.data.results)
      if (!current) await fetch(`${url}/api/v1/sessions/${id}`, { method: 'DELETE', headers })
    assert.equal(await gone, 0)
    assert.match(printed, /sign in again: session_ended/)
  })
})
