import type { Context } from 'mocha'
import { failingByFaults, takeFault } from './documented/faults.ts'
import { closeSharedBrowser } from './browser.ts'
import { highLimits } from './high-limits.ts'
import { stopTestServer } from './postgres.ts'

// For the servers that tests start as processes of their own.
for (const [name, value] of Object.entries(highLimits)) process.env[name] ??= value

/** mocha loads this before any test; see .mocharc.json. */
export const mochaHooks = {
  /** Checks what the server sends against the documents. A hook that fails would end the run; a test fails alone. */
  beforeEach(this: Context): void {
    const test = this.currentTest!
    if (test.fn && test.fn.length === 0) test.fn = failingByFaults(test.fn as (this: Context) => unknown)
  },
  afterAll(): void {
    const fault = takeFault()
    if (fault) throw fault
  },
}

/** Once, after all files of the process. */
export async function mochaGlobalTeardown(): Promise<void> {
  await closeSharedBrowser()
  await stopTestServer()
}
