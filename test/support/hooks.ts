import { stopTestServer } from './postgres.ts'

/** mocha loads this before any test; see .mocharc.json. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopTestServer()
  },
}
