import assert from 'node:assert/strict'
import fc from 'fast-check'
import { countValues } from '../../server/faces/rest/count-values.ts'

/** Marks of the structure of a value, as JSON writes it. */
function marksOf(value: unknown): number {
  if (Array.isArray(value)) return 1 + Math.max(0, value.length - 1) + value.reduce((sum, one) => sum + marksOf(one), 0)
  if (value === null || typeof value !== 'object') return 0
  const entries = Object.entries(value)
  return 1 + entries.length + Math.max(0, entries.length - 1) + entries.reduce((sum, [, one]) => sum + marksOf(one), 0)
}

describe('counting the values of a JSON text', () => {
  it('[TU8] counts what is outside of strings, whatever is in them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        assert.equal(countValues(Buffer.from(JSON.stringify(value))), marksOf(value))
      }),
    )
    assert.equal(countValues(Buffer.from(JSON.stringify({ a: '\\",:{[\\\\' }))), 2)
  })

  it('[TU8] ends with a text that is no JSON', () => {
    for (const text of ['"', '"\\', '[', '', '"\\"'.repeat(100_000)]) assert.ok(countValues(Buffer.from(text)) >= 0)
  })
})
