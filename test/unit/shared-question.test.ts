import assert from 'node:assert/strict'
import { createSharedQuestion } from '../../server/adapters/replica/shared-question.ts'

describe('a question that callers share', () => {
  const setUp = () => {
    const sent: PromiseWithResolvers<string>[] = []
    const ask = createSharedQuestion(() => {
      sent.push(Promise.withResolvers<string>())
      return sent.at(-1)!.promise
    })
    return { sent, ask }
  }
  const soon = () => new Promise(resolve => setImmediate(resolve))

  it('[RP2] is asked once for all who come before it is sent, and again for those who come later', async () => {
    const { sent, ask } = setUp()
    const early = [ask(), ask()]
    await soon()
    const late = [ask(), ask(), ask()]
    await soon()
    assert.equal(sent.length, 1, 'the second waits for the first')
    sent[0]!.resolve('first')
    assert.deepEqual(await Promise.all(early), ['first', 'first'])
    await soon()
    assert.equal(sent.length, 2)
    sent[1]!.resolve('second')
    assert.deepEqual(await Promise.all(late), ['second', 'second', 'second'])
  })

  it('[RP2] is asked again after it failed', async () => {
    const { sent, ask } = setUp()
    const failing = ask()
    await soon()
    const next = ask()
    sent[0]!.reject(new Error('no answer'))
    await assert.rejects(failing, /no answer/)
    await soon()
    sent[1]!.resolve('an answer')
    assert.equal(await next, 'an answer')
  })
})
