import assert from 'node:assert/strict'
import fc from 'fast-check'
import { encodeList } from '../../server/faces/rest/encode.ts'

describe('the JSON of lists', () => {
  it('[TU6] is the same in pieces as at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.option(fc.nat()), async (results, count) => {
        const list = { ...(count !== null && { count }), next: null, results }
        assert.deepEqual(JSON.parse(String(await encodeList(list))), JSON.parse(JSON.stringify(list)))
      }),
    )
    assert.equal(String(await encodeList({ results: [] })), '{"results":[]}')
  })

  it('[TU6] lets other work run while a long list is encoded', async () => {
    const results = Array.from({ length: 50 }, (_, nth) => ({ nth, text: 'ü'.repeat(20_000) }))
    let turns = 0
    let done = false
    const others = () => void (++turns && !done && setImmediate(others))
    setImmediate(others)
    const json = await encodeList({ results })
    done = true
    assert.deepEqual(JSON.parse(String(json)), { results })
    assert.ok(Buffer.isBuffer(json))
    assert.ok(turns >= 5, `${turns} turns of others`)
  })
})
