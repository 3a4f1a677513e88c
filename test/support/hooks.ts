import type { Context, Test } from 'mocha'
import { failingByFaults, noteFailure, noteRejection, takeFault } from './documented/faults.ts'
import { closeSharedBrowser } from './browser.ts'
import { arriveAt, closeConnections } from './connection.ts'
import { highLimits } from './high-limits.ts'
import { stopTestServer } from './postgres.ts'

// For the servers that tests start as processes of their own.
for (const [name, value] of Object.entries(highLimits)) process.env[name] ??= value

let isRunning = false
// mocha ignores a promise that fails and that nobody waits for. This way it fails the test that runs, and without one
// it ends the process, as Node does.
process.on('unhandledRejection', reason => {
  if (!isRunning) throw reason
  noteRejection(reason)
})

/** mocha loads this before any test; see .mocharc.json. */
export const mochaHooks = {
  beforeAll: () => void (isRunning = true),
  async beforeEach(this: Context): Promise<void> {
    const test = this.currentTest!
    // Checks what the server sends against the documents. A hook that fails would end the run; a test fails alone.
    if (test.fn && test.fn.length === 0)
      test.fn = failingByFaults(test.fullTitle(), test.fn as (this: Context) => unknown)
    await arriveAt('hooks')
    closeConnectionsAfter(test)
  },
  async afterEach(this: Context): Promise<void> {
    if (this.currentTest!.state === 'failed') noteFailure()
    await arriveAt('file')
  },
  async afterAll(): Promise<void> {
    await closeConnections()
    const fault = await takeFault()
    isRunning = false
    if (fault) throw fault
  },
}

/** Before the hooks after the test, which may wait for a lock that it holds; also when it has run out of time. */
function closeConnectionsAfter(test: Test): void {
  const { run } = test
  test.run = done => {
    void arriveAt('test')
    run.call(test, error => void arriveAt('hooks').then(() => done(error)))
  }
}

/** Once, after all files of the process. */
export async function mochaGlobalTeardown(): Promise<void> {
  await closeSharedBrowser()
  await stopTestServer()
}
