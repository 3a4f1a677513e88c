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

  for (const [given, day] of [
    ['24/Δεκ/26', '2026-12-24'],
    ['24. prosince 2026', '2026-12-24'],
    ['24.čvc.26', '2026-07-24'],
    ['3 грудня 2026', '2026-12-03'],
    ['3/вер./26', '2026-09-03'],
    ['9 de setembro de 2026', '2026-09-09'],
    ['9 szept. 2026', '2026-09-09'],
    ['9 مارس 2026', '2026-03-09'],
    ['9 दिसंबर 2026', '2026-12-09'],
    ['9/十一月/26', '2026-11-09'],
    ['9/11월/26', '2026-11-09'],
    ['9/11月/26', '2026-11-09'],
    ['9/IX/26', '2026-09-09'],
    ['1. juuni 2026', '2026-06-01'],
    // The same letters in other languages are other months; those of Jira count.
    ['1/lis/26', '2026-11-01'],
    ['1/lip/26', '2026-07-01'],
    ['1/kas/26', '2026-11-01'],
    ['20261209', '2026-12-09'],
    ['20261209T101500Z', '2026-12-09'],
    ['1796774400000', '2026-12-09'],
  ] as const)
    it(`[IM25] reads ${given}`, () => {
      const read = readDate(given)
      assert.ok('when' in read, JSON.stringify(read))
      assert.equal(read.when.slice(0, 10), day)
    })

  for (const given of ['24/foo/26', '31/I./I/26', '20261332', '1796774400', '24 XIII 2026'])
    it(`[IM25] takes ${given} for no date`, () => assert.deepEqual(readDate(given), { fault: 'unreadable' }))

  for (const given of ['2026-01-31 10:00 (UTC', '2026-01-31 10:00 UTC)', '2026-01-31 10:00 (Mars)'])
    it(`[IM25] does not guess at ${given}`, () => assert.deepEqual(readDate(given), { fault: 'unreadable' }))
})
