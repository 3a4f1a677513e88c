import assert from 'node:assert/strict'
import { createHashTurns } from '../../server/features/accounts/hash-turns.ts'
import { AppError } from '../../server/kernel/errors.ts'

describe('the order in which passwords are hashed', () => {
  const never = () => new Promise<never>(() => {})
  const isRefused = (error: unknown) => error instanceof AppError && error.code === 'rate_limited'

  it('[AC5] lets somebody who has signed in from an address before pass all strangers', async () => {
    const turns = createHashTurns()
    turns.noteSignIn('Ann@example.com', '10.0.0.1')
    for (let nth = 0; nth < 50; nth++) void turns.signingIn(`${nth}@example.com`, '10.0.0.1', never)
    assert.equal(await turns.signingIn('ann@example.com', '10.0.0.1', async () => 'in'), 'in')
    assert.equal(await turns.ofAccount(7, async () => 'changed'), 'changed')
  })

  it('[AC5] refuses strangers of one address beyond three hundred who wait, and none of another address', async () => {
    const turns = createHashTurns()
    let refused = 0
    for (let nth = 0; nth < 310; nth++)
      void turns.signingIn(`${nth}@example.com`, '10.0.0.1', never).catch(error => isRefused(error) && refused++)
    await new Promise(setImmediate)
    assert.ok(refused >= 8 && refused < 10, `${refused} refused`)
    let other = 'waits'
    void turns.ofStranger('10.0.0.2', never).catch(() => (other = 'refused'))
    await new Promise(setImmediate)
    assert.equal(other, 'waits')
  })

  it('[AC5] serves the strangers of different addresses in rotation', async () => {
    const turns = createHashTurns()
    const order: string[] = []
    const at = (address: string) => turns.ofStranger(address, async () => void order.push(address))
    const first = Promise.withResolvers<void>()
    // All places are in use.
    const busy = [0, 1].map(() => turns.ofStranger('10.0.0.1', () => first.promise))
    const all = ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2'].map(at)
    first.resolve()
    await Promise.all([...busy, ...all])
    assert.ok(order.indexOf('10.0.0.2') <= 2, order.join())
  })
})
