import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const program = fileURLToPath(new URL('../../scripts/suite-worker.mjs', import.meta.url))

describe('a process of the suite', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let worker: ChildProcess
  before(async () => {
    database = await testDatabase()
    const env = { ...process.env, TEST_DATABASE_URL: database.ownerUrl, FORCE_COLOR: '1' }
    worker = fork(program, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    assert.deepEqual(await once(worker, 'message'), ['ready', undefined])
  })
  after(async () => {
    worker.kill('SIGKILL')
    await database.drop()
  })

  const run = async (file: string) => {
    worker.send({ file })
    const [result] = await once(worker, 'message')
    return result
  }

  it('[AR12] [AR13] fails only the tests that fail, also when these hold locks, and says why and where', async () => {
    const { passed, failed, failures } = await run('test/boot/held-locks.checks.ts')
    assert.deepEqual([passed, failed], [1, 2], failures.join('\n'))
    assert.match(
      failures[0],
      /^a file with held locks › fails\n {4}not within 0 ms: .* 1 !== 2 \(test\/boot\/held-locks\.checks\.ts:\d+\)$/,
    )
    assert.match(failures[1], /^a file with held locks › runs out of time\n {4}Timeout of 1000ms exceeded/)
    for (const failure of failures) assert.ok(failure.split('\n')[1].length <= 304, failure)

    const { failed: failedThen, passed: passedThen } = await run('test/unit/cursors.test.ts')
    assert.deepEqual([failedThen, passedThen > 0], [0, true])
  })

  it('[AR14] fails a test in which a promise fails that nobody waits for, and no other', async () => {
    const { passed, failures } = await run('test/boot/floating-promise.checks.ts')
    assert.deepEqual([passed, failures.length], [3, 4], failures.join('\n'))
    assert.match(failures[0], /› fails with its own error\n {4}its own/)
    assert.match(failures[1], /› runs out of time after it left a promise\n {4}Timeout of 200ms exceeded/)
    assert.match(failures[2], /› leaves a promise at its end\n {4}nobody waited .* at its end": it fails at once/)
    assert.match(failures[3], /› leaves a promise that fails meanwhile\n {4}nobody waited .*: it fails soon/)
  })

  it('[AR12] ends by itself after files that failed', async () => {
    worker.send({})
    assert.deepEqual(await once(worker, 'close'), [0, null])
  })
})
