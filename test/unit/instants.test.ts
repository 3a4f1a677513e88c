import assert from 'node:assert/strict'
import { z } from 'zod'
import { instantIn, sizeText } from '../../contract/index.ts'
import { parse } from '../../server/kernel/bind.ts'
import type { AppError } from '../../server/kernel/errors.ts'

describe('times and sizes', () => {
  for (const [given, instant] of [
    ['2026-01-31t09:00:00z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00.5z', '2026-01-31T09:00:00.500Z'],
    ['2026-01-31t09:00:00+05:30', '2026-01-31T03:30:00.000Z'],
  ])
    it(`[BI15] accepts ${given} as a time, because RFC 3339 has letters of either case`, () =>
      assert.equal(instantIn.parse(given), instant))

  for (const given of ['2026-01-31', '2026-01-31x09:00:00Z', '2026-01-31T09:00:00zz', 'today', 5, null])
    it(`[BI15] [BI16] refuses ${JSON.stringify(given)} as a time, with one message`, () => {
      const message = 'must be an RFC 3339 date and time with a zone, such as 2026-01-31T09:00:00Z'
      assert.throws(
        () => parse(z.object({ due_date: instantIn }), { due_date: given }),
        (error: AppError) => error.fields!.due_date!.join() === message,
      )
    })

  for (const [bytes, text] of [
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [64 * 1024 * 1024, '64 MiB'],
    [5 * 1024 ** 4, '5 TiB'],
  ] as const)
    it(`[BI16] writes ${bytes} bytes as ${text}`, () => assert.equal(sizeText(bytes), text))
})
