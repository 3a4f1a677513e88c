import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer, type TestServer } from '../support/server.ts'
import { turnOnTwoFactor } from '../suites/totp.ts'
import { runCli } from './run-cli.ts'

describe('npm run cli -- user', function () {
  // Each call is a process of its own.
  this.timeout(120_000)
  let server: TestServer
  let dataDir: string
  const jwt = 'a secret for tests that has more than 32 characters'
  const user = (...args: string[]) =>
    runCli(['user', ...args], { DATABASE_URL: server.databaseUrl, DATA_DIR: dataDir, JWT_SECRET: jwt })
  before(async () => {
    server = await startServer({ env: { REGISTRATION: 'closed' } })
    dataDir = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
  })
  after(async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('[CL1] makes an account by create, also when registration is closed, and prints the generated password', async () => {
    const { code, stdout, stderr } = await user('create', '--email', 'eva@example.com', '--admin')
    assert.equal(code, 0, stderr)
    const [, made] = /password (\S+)/.exec(stdout) ?? []
    const eva = await server.login('eva@example.com', made)
    assert.deepEqual([eva.person.username, eva.person.role], ['eva', 'admin'])
  })

  it('[CL1] applies the rules of registration to create, and names the fields', async () => {
    const short = await user('create', '--email', 'x@example.com', '--password', 'short')
    assert.equal(short.code, 1)
    assert.match(short.stderr, /password must have at least 8 characters/)
    const taken = await user('create', '--email', 'admin@example.com')
    assert.equal(taken.code, 1)
    assert.match(taken.stderr, /email is taken/)
  })

  it('[CL2] ends all sessions by reset-password and prints a token for a new password', async () => {
    await user('create', '--email', 'ben@example.com', '--password', 'correct horse 9')
    const ben = await server.login('ben@example.com')
    const { stdout, stderr } = await user('reset-password', 'ben@example.com')
    const [, token] = /^ {2}(\S+)$/m.exec(stdout) ?? []
    assert.ok(token, stderr)
    const body = { token, new_password: 'another horse 10' }
    assert.equal((await server.rest('POST', '/auth/reset-password', body)).status, 204)
    await server.login('ben@example.com', 'another horse 10')
    assert.equal((await ben.rest('GET', '/auth/me')).body.error.code, 'session_ended')
  })

  it('[TF6] lets somebody in without a code by remove-second-factor', async () => {
    await user('create', '--email', 'zoe@example.com', '--password', 'correct horse 9')
    const zoe = await server.login('zoe@example.com')
    await turnOnTwoFactor(zoe)
    const { code, stdout, stderr } = await user('remove-second-factor', 'zoe@example.com')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /password alone/)
    await server.login('zoe@example.com')
    const again = await user('remove-second-factor', 'zoe@example.com')
    assert.match(again.stderr, /has no second factor/)
  })

  it('[CL2] reports an account that does not exist', async () => {
    const { code, stderr } = await user('reset-password', 'nobody@example.com')
    assert.equal(code, 1)
    assert.match(stderr, /There is no account nobody@example.com/)
  })
})
