import assert from 'node:assert/strict'
import { readDate } from '../../server/features/imports/formats/dates.ts'

describe('a date in an import', () => {
  for (const [given, when] of [
    ['2026-01-31 10:00', '2026-01-31T10:00:00Z'],
    ['2026-01-31 10:00 UTC', '2026-01-31T10:00:00Z'],
    ['2026-01-31 10:00 (UTC)', '2026-01-31T10:00:00Z'],
    ['31 Jan 2026 10:00:05 (GMT+02:00)', '2026-01-31T10:00:05+02:00'],
    ['Sat Jan 31 2026 10:00:00 GMT+0100 (CET)', '2026-01-31T10:00:00+01:00'],
  ] as const)
    it(`[IM25] reads the zone of ${given}`, () => {
      const read = readDate(given)
      assert.ok('when' in read, JSON.stringify(read))
      assert.equal(Date.parse(read.when), Date.parse(when))
    })

  for (const given of ['2026-01-31 10:00 (UTC', '2026-01-31 10:00 UTC)', '2026-01-31 10:00 (Mars)'])
    it(`[IM25] does not guess at ${given}`, () => assert.deepEqual(readDate(given), { fault: 'unreadable' }))
})
