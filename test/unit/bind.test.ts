import assert from 'node:assert/strict'
import { z } from 'zod'
import { parse } from '../../server/kernel/bind.ts'
import { AppError } from '../../server/kernel/errors.ts'

/** The fields that an input is refused for. */
function refusedFields(schema: z.ZodType, value: unknown): Record<string, string[]> {
  try {
    parse(schema, value)
  } catch (error) {
    if (error instanceof AppError) return error.fields ?? {}
    throw error
  }
  return {}
}

describe('parsing an input', () => {
  it('[BI17] names what is wrong in a whole, and not the whole', () => {
    const schema = z.object({ when: z.object({ start: z.int(), end: z.int() }).refine(() => false, 'is not a range') })

    assert.deepEqual(Object.keys(refusedFields(schema, { when: { start: 'a', end: 1 } })), ['when.start'])
    assert.deepEqual(Object.keys(refusedFields(schema, { when: { start: 1, end: 1 } })), ['when'])
  })

  it('[BI17] does not take an unknown name with a full stop for a part', () => {
    const schema = z.strictObject({ title: z.string() })

    assert.deepEqual(Object.keys(refusedFields(schema, { title: 1, 'title.x': 1 })).toSorted(), ['title', 'title.x'])
  })

  it('[BI17] refuses ten thousand wrong items in one pass', () => {
    const schema = z.object({ ids: z.array(z.int()) })

    assert.equal(Object.keys(refusedFields(schema, { ids: Array(10_000).fill('a') })).length, 10_000)
  })
})
