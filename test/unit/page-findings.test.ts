import assert from 'node:assert/strict'
import { findingsIn } from '../../client-demo/src/operations/system/findings.ts'
import type { StatisticsPoint } from '../../sdk/index.ts'

describe('what stands out of the numbers of the system', () => {
  const calm = { requests_per_second: 4, request_p99_ms: 30, query_p99_ms: 20, errors_per_second: 0 }
  const points = (newest: Partial<StatisticsPoint>, before = 6) =>
    [...Array.from({ length: before }, () => calm), { ...calm, ...newest }] as unknown as StatisticsPoint[]

  it('[PG61] is nothing while all is as usual, and without numbers', () => {
    assert.deepEqual(findingsIn(points({})), [])
    assert.deepEqual(findingsIn([]), [])
  })

  it('[PG61] is a number that is bad by itself', () => {
    assert.deepEqual(findingsIn(points({ query_p99_ms: 400 }, 0)), [
      'The database is slow: statements take up to 400 ms.',
    ])
  })

  it('[PG61] is a number that is several times as large as usual, although it is not bad by itself', () => {
    assert.deepEqual(findingsIn(points({ query_p99_ms: 100, requests_per_second: 2_220 })), [
      '2,220 requests come a second, 555 times as much as usual; the table below says where.',
      'The database slows down: statements take up to 100 ms, 5 times as much as usual.',
    ])
  })

  it('[PG61] is not what is small, unknown, or new', () => {
    assert.deepEqual(findingsIn(points({ query_p99_ms: 49, requests_per_second: null })), [])
    assert.deepEqual(findingsIn(points({ query_p99_ms: 100 }, 4)), [])
  })
})
