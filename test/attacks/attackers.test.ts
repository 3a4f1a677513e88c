import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { attackers, type AttackerName, type Target } from '../attackers/index.ts'
import { fromOutside } from '../attackers/outside.ts'
import { startAttacker } from '../attackers/start.ts'
import { eventually } from '../support/eventually.ts'
import { isLong } from '../support/long.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'
import { createPlayground, type Playground, type ServerProcess } from '../support/server-process.ts'
import { password } from '../support/server.ts'

/** The most that an attack may cost (docs/OPERATIONS.md). `npm run bench -- attack` measures how much it costs. */
const mostGrownMb = 100
const rounds = isLong ? 15 : 6
/** An attack lasts at least this long. */
const attackMs = isLong ? 1_500 : 500

describe('an honest person beside an attacker', () => {
  let database: TestDatabase
  let place: Playground
  let server: ServerProcess
  let url: string
  let attacker: Target
  let neighbour: Target
  /** Before all attacks: memory, and open files. */
  let mb: number
  let open: number
  before(async () => {
    database = await testDatabase()
    place = await createPlayground()
    const settings = {
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
      LOG_LEVEL: 'error',
      HOST: '0.0.0.0',
    }
    server = place.start(settings)
    url = await server.ready()
    ;[attacker, neighbour] = [await register('attacker'), await register('neighbour')]
    attacker.url = fromOutside(url)
    const long = Array.from({ length: 60 }, (_, nth) => ({
      title: `long ${nth}`,
      category: 'long',
      description: 'word '.repeat(9_000),
    }))
    for (const task of long) await call(attacker, 'POST', '/tasks', task)
    await warmUp()
    ;[mb, open] = [memory(), handles()]
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })

  async function register(name: string): Promise<Target> {
    const email = `${name}@example.com`
    const { access_token: token } = await call(null, 'POST', '/auth/register', { email, username: name, password })
    return { url, token, email }
  }

  async function call(who: Target | null, method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...(who && { authorization: `Bearer ${who.token}` }), 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }

  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
  const handles = () => readdirSync(`/proc/${server.pid}/fd`).length

  /** The calls of an honest person. */
  async function work(what: string) {
    for (let nth = 0; nth < rounds; nth++) {
      await call(neighbour, 'GET', '/tasks?status=todo&page_size=5')
      const { id } = await call(neighbour, 'POST', '/tasks', { title: `${what} ${nth}` })
      await call(neighbour, 'GET', `/tasks/${id}`)
      await call(null, 'GET', '/health/ready')
      if (nth % 5 === 0) await call(null, 'POST', '/auth/login', { email: neighbour.email, password })
    }
  }

  /** Warms the process up, so that what it keeps for itself is not counted as the effect of an attack. */
  async function warmUp() {
    await work('quiet')
    for (let nth = 0; nth < 5; nth++) {
      const lists = Array.from({ length: 8 }, () => call(attacker, 'GET', '/tasks?category=long&page_size=100'))
      const [{ results }] = await Promise.all(lists)
      const task_ids = results.map(({ id }: { id: number }) => id)
      const updates = { priority: nth % 2 === 0 ? 'high' : 'low' }
      // Larger changes would be refused: what one person changes at once is bounded.
      if (nth < 2) await call(attacker, 'POST', '/tasks/bulk-update', { task_ids, updates })
    }
  }

  /** The peak of the memory during some work. */
  async function peakDuring(something: () => Promise<void>): Promise<number> {
    let peak = memory()
    const timer = setInterval(() => (peak = Math.max(peak, memory())), 100)
    await something().finally(() => clearInterval(timer))
    return Math.max(peak, memory())
  }

  for (const kind of Object.keys(attackers) as AttackerName[])
    it(`[TU10] can read, write and sign in, and the server stays ready: ${kind}${kind === 'slowHeads' ? ' (attack 108)' : ''}`, async function () {
      this.timeout(120_000)
      const before = memory()
      const attack = await startAttacker(kind, attacker)
      const peak = await peakDuring(async () => {
        for (const begun = performance.now(); performance.now() < begun + attackMs;) await work(kind)
        await eventually(async () => assert.ok((await attack.accepted()) > 0, 'it was no attack'), { within: 20_000 })
      }).finally(attack.stop)
      assert.ok(peak < before + mostGrownMb, `grew from ${before} to ${peak} MB`)
      // The server frees what the attack held.
      await eventually(() => assert.ok(handles() < open + 50, `${open} before, ${handles()} now`), {
        within: 30_000,
        every: 200,
      })
      assert.doesNotMatch(server.output(), /unhandled rejection|uncaught exception/)
    })

  it('[TU10] finds the server as it was before all of them: memory is given back', () =>
    eventually(() => assert.ok(memory() < mb + mostGrownMb, `${mb} MB before, ${memory()} MB now`), {
      within: 30_000,
      every: 200,
    }))
})
