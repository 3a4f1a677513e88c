import type { Context } from 'mocha'
import { failingByFaults, takeFault } from './documented/faults.ts'
import { stopTestServer } from './postgres.ts'

/** mocha loads this before any test; see .mocharc.json. */
export const mochaHooks = {
  /** What the server sends is held against the documents. A hook that fails would end the run; a test fails alone. */
  beforeEach(this: Context): void {
    const test = this.currentTest!
    if (test.fn && test.fn.length === 0) test.fn = failingByFaults(test.fn as (this: Context) => unknown)
  },
  async afterAll(): Promise<void> {
    await stopTestServer()
    const fault = takeFault()
    if (fault) throw fault
  },
}
