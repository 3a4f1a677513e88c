import assert from 'node:assert/strict'
import { createPlayground, isRunning, type Playground, postgresPid } from '../support/server-process.ts'
import { runCli } from './run-cli.ts'

const account = { email: 'admin@example.com', password: 'correct horse 9' }
const env = { ADMIN_EMAIL: account.email, ADMIN_PASSWORD: account.password }

describe('npm run seed, on a data folder', function () {
  // A database cluster is made, and a server started.
  this.timeout(120_000)
  let place: Playground
  const seed = (...args: string[]) => runCli(['seed', '--json', ...args], { DATA_DIR: place.dataDir, ...env })
  before(async () => {
    place = await createPlayground()
  })
  after(() => place.remove())

  async function countTasks(url: string, project: string): Promise<number> {
    const request = async (path: string, init: RequestInit): Promise<any> =>
      (await fetch(`${url}/api/v1${path}`, init)).json()
    const json = { 'content-type': 'application/json' }
    const login = { method: 'POST', headers: json, body: JSON.stringify(account) }
    const { access_token } = await request('/auth/login', login)
    return (await request(`/tasks?project=${project}`, { headers: { authorization: `Bearer ${access_token}` } })).count
  }

  it('[SD5] starts the database itself when nothing runs, and leaves nothing running', async () => {
    const { code, stdout, stderr } = await seed()
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).created, 36)
    const postgres = await postgresPid(place.dataDir).catch(() => null)
    assert.equal(postgres !== null && isRunning(postgres), false)
  })

  it('[SD6] finds the database of the running server, which continues', async () => {
    const url = await place.start(env).ready()
    const { code, stdout, stderr } = await seed('--tasks', '10')
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).created, 10)
    assert.deepEqual([await countTasks(url, 'demo'), await countTasks(url, 'demo-large')], [36, 10])
  })
})
