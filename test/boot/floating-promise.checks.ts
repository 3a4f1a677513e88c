// A file with tests that do not wait for a promise, which fails. test/boot/suite-worker.test.ts runs it.
import { setImmediate as turn } from 'node:timers/promises'

const fail = async (after: Promise<unknown> | undefined, message: string) => {
  await after
  throw new Error(message)
}

describe('a file with floating promises', () => {
  it('fails with its own error', async () => {
    void fail(turn(), 'a consequence')
    throw new Error('its own')
  })

  it('passes after that', async () => {
    await turn()
    await turn()
  })

  it('runs out of time after it left a promise', async function () {
    this.timeout(200)
    void fail(undefined, 'the cause')
    await new Promise(() => {})
  })

  it('passes after that too', async () => {
    await turn()
    await turn()
  })

  it('leaves a promise at its end', () => {
    void fail(undefined, 'it fails at once')
  })

  it('leaves a promise that fails meanwhile', async () => {
    void fail(turn(), 'it fails soon')
    await turn()
    await turn()
  })

  it('passes', () => turn())
})
