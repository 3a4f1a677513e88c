import assert from 'node:assert/strict'
import fc from 'fast-check'
import { judgeJson, scanJson } from '../../server/kernel/json-scan.ts'

/** The structural characters of a value in JSON. */
function marksOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  const items = Object.values(value)
  const names = Array.isArray(value) ? 0 : items.length
  return names + Math.max(0, items.length - 1) + items.reduce((sum: number, one) => sum + marksOf(one), 0)
}

const depthOf = (value: unknown): number =>
  value === null || typeof value !== 'object' ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf))

describe('scanning a JSON text', () => {
  it('[TU8] counts the values and the depth, whatever the strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const { values, depth, closed } = scanJson(Buffer.from(JSON.stringify(value, null, indent)))
        assert.deepEqual([values, depth, closed], [marksOf(value), depthOf(value), true])
      }),
    )
    assert.equal(scanJson(Buffer.from(JSON.stringify({ a: '\\",:{[\\\\' }))).values, 1)
  })

  it('[TU8] ends for a text that is not JSON', () => {
    for (const text of ['"', '"\\', '[', '', ']', '"\\"'.repeat(100_000)])
      assert.ok(scanJson(Buffer.from(text)).values >= 0)
  })

  it('[TU8] names the field that is nested too deeply, and recognises what cannot be JSON', () => {
    const nested = '['.repeat(40) + ']'.repeat(40)
    const judge = (text: string) => judgeJson(Buffer.from(text), 'body')
    assert.equal(judge(`{"a":[1,2],"b":"c"}`), null)
    assert.equal((judge(`{"a":[1,2], "b" : ${nested}, "c":1}`) as { field: string }).field, 'b')
    assert.equal((judge(nested) as { field: string }).field, 'body')
    assert.equal(judge('['.repeat(40)), 'broken')
    assert.equal((judge(`[${'0,'.repeat(20_001)}0]`) as { field: string }).field, 'body')
  })
})
