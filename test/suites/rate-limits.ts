import assert from 'node:assert/strict'
import { type List, parseList } from 'structured-headers'
import type { Answer } from '../support/server.ts'

export interface Told {
  name: string
  limit: number
  windowSeconds: number
  remaining: number
  seconds: number
}

const items = (text: string): [string, Map<string, unknown>][] =>
  (parseList(text) as List).map(([value, parameters]) => {
    assert.equal(typeof value, 'string', `the name of a policy is a quoted string: ${text}`)
    return [value as string, parameters as Map<string, unknown>]
  })

/** What the headers of an answer say of limits, in their order; the older headers must agree with one of them. */
export function limitsOf({ headers }: Pick<Answer, 'headers'>): Told[] {
  const [policy, left] = [headers.get('ratelimit-policy'), headers.get('ratelimit')]
  if (policy === null) {
    for (const name of ['ratelimit', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
      assert.equal(headers.get(name), null)
    return []
  }
  const told = items(policy).map(([name, policyParameters], nth) => {
    const [same, parameters] = items(left!)[nth]!
    assert.equal(same, name)
    return {
      name,
      limit: policyParameters.get('q') as number,
      windowSeconds: policyParameters.get('w') as number,
      remaining: parameters.get('r') as number,
      seconds: parameters.get('t') as number,
    }
  })
  const old = ['limit', 'remaining'].map(name => Number(headers.get(`x-ratelimit-${name}`)))
  const nearest = told.find(({ limit, remaining }) => limit === old[0] && remaining === old[1])
  assert.ok(nearest, `${policy} ${left} ${old}`)
  const resetIn = Number(headers.get('x-ratelimit-reset')) - Date.now() / 1_000
  assert.ok(Math.abs(resetIn - nearest.seconds) < 3, `${resetIn} is about ${nearest.seconds}`)
  return told
}

/** Checks that a limit refused a call. @returns the seconds that it says to wait */
export function isBeyond(answer: Answer, policy: string): number {
  assert.deepEqual([answer.status, answer.body.error.code], [429, 'rate_limited'], JSON.stringify(answer.body))
  const seconds = Number(answer.headers.get('retry-after'))
  assert.ok(seconds >= 1 && seconds <= 60)
  assert.deepEqual(answer.body.error.details, { policy, retry_after: seconds })
  return seconds
}
