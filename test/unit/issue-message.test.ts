import assert from 'node:assert/strict'
import { z } from 'zod'
import { AppError } from '../../server/kernel/errors.ts'
import { parse } from '../../server/kernel/bind.ts'

const schema = z.strictObject({
  name: z.string().min(3).max(5).optional(),
  ids: z.array(z.int()).min(1).max(2).optional(),
  count: z.number().min(2).max(9).optional(),
  flag: z.boolean().optional(),
  kind: z.enum(['a', 'b']).optional(),
  own: z.string().max(1, 'is too long for us').optional(),
  place: z.union([z.string().min(2), z.int().transform(String)]).optional(),
  whole: z
    .strictObject({ a: z.string().optional() })
    .refine(({ a }) => a !== undefined, 'must name at least one field')
    .optional(),
})

describe('messages about fields', () => {
  const cases: [object, string][] = [
    [{ name: 'ab' }, 'must have at least 3 characters'],
    [{ name: 'abcdef' }, 'must have at most 5 characters'],
    [{ name: 5 }, 'must be text'],
    [{ ids: [] }, 'must have at least 1 item'],
    [{ ids: [1, 2, 3] }, 'must have at most 2 items'],
    [{ ids: 'x' }, 'must be a list'],
    [{ count: 1 }, 'must be at least 2'],
    [{ count: 10 }, 'must be at most 9'],
    [{ flag: 'yes' }, 'must be true or false'],
    [{ kind: 'c' }, 'must be one of a, b'],
    [{ own: 'xx' }, 'is too long for us'],
    [{ place: {} }, 'must be text or a number'],
    [{ place: null }, 'must be text or a number'],
    [{ place: 'x' }, 'must have at least 2 characters'],
    [{ whole: {} }, 'must name at least one field'],
    [{ whole: { b: 1 } }, 'is not known'],
  ]
  for (const [value, message] of cases) {
    it(`[BI17] says for ${JSON.stringify(value)}: ${message}`, () => {
      assert.throws(
        () => parse(schema, value),
        (error: AppError) => {
          assert.deepEqual(Object.values(error.fields ?? {}), [[message]])
          return true
        },
      )
    })
  }

  it('[BI17] says of a parameter that it may be given only once', () => {
    assert.throws(
      () => parse(schema, { name: ['abc', 'abd'] }, 'query'),
      (error: AppError) => {
        assert.deepEqual({ ...error.fields }, { name: ['may be given only once'] })
        return true
      },
    )
  })
})
