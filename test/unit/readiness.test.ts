import assert from 'node:assert/strict'
import { AppError, unavailable } from '../../server/kernel/errors.ts'
import { errorClass } from '../../server/kernel/error-class.ts'
import { createHealth, type Component } from '../../server/kernel/health.ts'
import { createReadiness } from '../../server/kernel/readiness.ts'

describe('readiness', () => {
  let now = 0
  const verdicts = (findings: string, everyMs = 1_000) => {
    const readiness = createReadiness(() => now)
    return [...findings].map(one => ((now += everyMs), readiness.find(one === '+') ? '+' : '-')).join('')
  }

  for (const [findings, expected] of [
    ['+++++', '+++++'],
    ['-', '-'],
    ['+-+-+', '+++++'],
    ['++--+', '+++--'],
    ['+--+-++', '++----+'],
    ['-+', '--'],
    ['-++-', '--++'],
  ] as const)
    it(`[HL9] answers ${expected} to ${findings}`, () => {
      assert.equal(verdicts(findings), expected)
    })

  it('[HL9] begins anew after a long pause, because what was found before it says nothing', () => {
    assert.equal(verdicts('+-+-', 60_000), '+-+-')
  })

  it('[HL9] takes a draining instance out at once', async () => {
    let draining = false
    const health = createHealth({ version: '1', checks: {}, vital: [], draining: () => draining })
    const status = async () => (await health.ready({} as never, {} as never)).status
    assert.equal(await status(), 'healthy')
    draining = true
    assert.equal(await status(), 'unhealthy')
  })
})

describe('the kind of an error', () => {
  const coded = (code: string, message = 'secret') => Object.assign(new Error(message), { code })

  for (const [what, error, expected] of [
    ['a refused connection', coded('ECONNREFUSED'), 'ECONNREFUSED'],
    ['a state of PostgreSQL behind a 503', unavailable(coded('57P01')), '57P01'],
    ['an error for clients', new AppError('insufficient_storage', 'secret'), 'insufficient_storage'],
    ['an error without a code', new TypeError('secret'), 'TypeError'],
    ['a code that is a sentence', coded('no such user "secret"'), 'Error'],
    ['something that is no error', 'secret', 'unknown'],
  ] as const)
    it(`[HL8] is ${expected} for ${what}`, () => {
      assert.equal(errorClass(error), expected)
    })

  it('[HL8] is not read from an error that names itself its cause for ever', () => {
    const error: Error & { cause?: unknown } = new Error('secret')
    error.cause = error
    assert.equal(errorClass(error), 'Error')
  })

  it('[HL8] is in the report of a part that failed, and not in that of a part that never did', async () => {
    let works = false
    const part = (): Component => {
      if (!works) throw coded('EACCES')
      return { status: 'healthy' }
    }
    const make = () => createHealth({ version: '1', checks: { part }, vital: [], draining: () => false })
    const health = make()
    const { part: failed } = (await health.detailed()).components
    assert.deepEqual([failed!.status, failed!.last_error?.class], ['unhealthy', 'EACCES'])
    works = true
    assert.equal((await make().detailed()).components.part!.last_error, undefined)
  })
})
