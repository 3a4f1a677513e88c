import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { createToasts } from '../../client-demo/src/ui/toasts.ts'

describe('short messages of the page', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())
  const minuteMs = 60_000

  it('[EO9] stay for as long as it takes to read them, and then disappear', () => {
    const toasts = createToasts()
    toasts.say('Stored')
    toasts.error('It could not be stored, for a reason that takes a while to read. '.repeat(3))
    mock.timers.tick(6_000)
    assert.equal(toasts.store.get().length, 1)
    mock.timers.tick(minuteMs)
    assert.equal(toasts.store.get().length, 0)
  })

  it('[EO9] stay while somebody looks at them, with those that come meanwhile', () => {
    const toasts = createToasts()
    toasts.say('before')
    toasts.hold(true)
    toasts.say('meanwhile')
    mock.timers.tick(60 * minuteMs)
    assert.deepEqual(
      toasts.store.get().map(({ text }) => text),
      ['before', 'meanwhile'],
    )
    toasts.hold(false)
    mock.timers.tick(minuteMs)
    assert.equal(toasts.store.get().length, 0)
  })

  it('[EO9] can be read later, the newest first, and twice the same is shown once', () => {
    const toasts = createToasts()
    toasts.say('one')
    toasts.error('two')
    toasts.error('two')
    assert.equal(toasts.store.get().length, 2)
    for (const { id } of toasts.store.get()) toasts.dismiss(id)
    assert.deepEqual(
      toasts.history.get().map(({ text }) => text),
      ['two', 'two', 'one'],
    )
  })
})
