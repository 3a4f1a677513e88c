// A file with a test that does not wait for a promise, which fails. test/boot/suite-worker.test.ts runs it.
import { setImmediate as turn } from 'node:timers/promises'

describe('a file with a floating promise', () => {
  it('leaves a promise', async () => {
    void turn().then(() => {
      throw new Error('it fails later')
    })
    await turn()
    await turn()
  })

  it('passes', () => turn())
})
