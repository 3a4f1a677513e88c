import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { formats } from '../../server/features/imports/formats/index.ts'
import { batchesOf } from '../../server/features/imports/batches.ts'
import { addToReport, emptyReport } from '../../server/features/imports/import-report.ts'
import { understand } from '../../server/features/imports/understand.ts'
import type { Row } from '../../server/features/imports/reading/row.ts'
import { textOf } from '../../server/features/imports/reading/text.ts'
import type { ImportFormat } from '../../contract/index.ts'

/** A file in pieces of this many bytes. */
const inPieces = (content: Buffer, size: number) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
    })(),
  )

async function read(format: ImportFormat, content: string, size: number): Promise<Row[]> {
  const rows: Row[] = []
  const text = () => textOf(inPieces(Buffer.from(content), size))
  const prepared = await formats[format].prepare?.(text())
  for await (const row of formats[format].rows(text(), prepared as never)) rows.push(row)
  return rows
}

const value = fc.oneof(
  fc.string({ unit: 'binary' }).map(text => text.toWellFormed()),
  fc.integer(),
  fc.constant(null),
)
const nested = fc.oneof(
  value,
  fc.array(value),
  fc.dictionary(fc.constantFrom('a', 'b"', ',', '[{'), value, { noNullPrototype: true }),
)
const rows = fc.array(
  fc.dictionary(fc.constantFrom('title', 'description', 'x:,]}"'), nested, { noNullPrototype: true }),
)

describe('reading files', () => {
  it('[IM6] finds everything in JSON, wherever it is cut and however it is indented', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), fc.constantFrom(0, 2), async (written, size, indent) => {
        const found = await read('json', JSON.stringify(written, null, indent), size)
        assert.deepEqual(
          found.map(row => 'value' in row && row.value),
          written,
        )
      }),
      { numRuns: 200 },
    )
  })

  it('[IM6] finds everything in NDJSON and in a board of Trello', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (written, size) => {
        const lines = await read('ndjson', written.map(row => JSON.stringify(row)).join('\n'), size)
        const board = { id: 'b', prefs: { cards: [{ no: 'card' }] }, cards: written, lists: [{ id: 1, name: 'x' }] }
        const cards = await read('trello', JSON.stringify(board), size)
        for (const found of [lines, cards])
          assert.deepEqual(
            found.map(row => 'value' in row && row.value),
            written,
          )
      }),
      { numRuns: 200 },
    )
  })

  it('[IM4] names the line on which a row begins', async () => {
    const csv = await read('csv', 'title,description\r\none,"two\r\nlines"\r\n\r\nthree,\r\n"f""our",x', 7)
    assert.deepEqual(
      csv.map(({ line }) => line),
      [2, 5, 6],
    )
    const json = await read('json', '[\n{"title":\n"one"},\n\n{"title":"two"}]', 7)
    assert.deepEqual(
      json.map(({ line }) => line),
      [2, 5],
    )
  })

  it('[IM10] reports where invalid JSON is wrong, and never hangs', async () => {
    const refuses = async (content: string, reason: RegExp) =>
      assert.rejects(read('json', content, 3), ({ message }: Error) => reason.test(message))
    await refuses('', /is empty/)
    await refuses('nonsense', /line 1: it is not JSON/)
    await refuses('[{"a":1}\n', /line 2: it ends in the middle/)
    await refuses('[{"a":1}]\n{"b":2}', /line 2: there is more than one value/)
    await refuses('[{"a":1},,{}]', /a value is missing/)
    await refuses(']', /closes what was not opened/)
    await refuses('"text"', /there is no list/)
    await refuses('[{"a":"', /ends in the middle/)
    const [row] = await read('ndjson', '{"title":"never closed', 3)
    assert.deepEqual(row, { line: 1, fault: { field: 'row', message: 'is not JSON' } })
  })

  it('[IM17] accepts at most a thousand fields in a row, and as many columns in a file', async () => {
    const names = (count: number) => ['title', ...Array.from({ length: count - 1 }, (_, nth) => `c${nth}`)]
    await assert.rejects(read('csv', `${names(1_001).join()}\none`, 999), /line 1: it has 1001 columns/)
    assert.equal((await read('csv', `${names(1_000).join()}\none`, 999)).length, 1)
    const objects = [1_001, 1_000].map(count => JSON.stringify(Object.fromEntries(names(count).map(name => [name, 1]))))
    for (const [format, content] of [
      ['ndjson', objects.join('\n')],
      ['json', `[${objects.join()}]`],
    ] as const) {
      const [many, fine] = await read(format, content, 999)
      assert.match('fault' in many! ? many.fault.message : '', /at most 1000 fields/)
      assert.ok('value' in fine!)
    }
  })

  it('[IM17] counts every remark on a batch, and keeps as many as the report does', () => {
    const fields = Object.fromEntries(Array.from({ length: 999 }, (_, nth) => [`c${nth}`, 'x']))
    const batch = Array.from({ length: 50 }, (_, nth) => ({
      line: nth + 2,
      value: { ...fields, title: 'one' },
      characters: 0,
    }))
    const report = emptyReport({ format: 'csv', dry_run: false })
    const { created, ...remarks } = { created: 50, ...understand(batch, formats.csv, { isOurs: true }) }
    const { warnings, warning_count, left_out } = addToReport(report, { created, ...remarks })
    assert.deepEqual([warning_count, warnings.length, left_out.length], [50 * 999, 100 * 5, 100])
    assert.deepEqual(
      [left_out[0], left_out.at(-1)],
      [
        { kind: 'c0', count: 50, tasks: 50 },
        { kind: 'other fields', count: 900 * 50, tasks: 900 * 50 },
      ],
    )
  })

  it('[IM17] ends a batch after some megabytes or 300 rows', async () => {
    async function* rowsOf(count: number, characters: number): AsyncGenerator<Row> {
      for (let line = 1; line <= count; line++) yield { line, value: {}, characters }
    }
    const sizes = async (given: AsyncIterable<Row>) => {
      const found: number[] = []
      for await (const batch of batchesOf(given, 2)) found.push(batch.length)
      return found
    }
    assert.deepEqual(await sizes(rowsOf(603, 10)), [300, 300, 1])
    assert.deepEqual(await sizes(rowsOf(7, 1024 * 1024)), [2, 2, 1])
  })

  it('[IM11] keeps nothing of a row that is too large', async () => {
    const large = 'x'.repeat(3 * 1024 * 1024)
    for (const [format, content] of [
      ['json', `[{"title":"${large}"},{"title":"small"}]`],
      ['ndjson', `{"title":"${large}"}\n{"title":"small"}`],
      ['csv', `title\n${large}\nsmall`],
    ] as const) {
      const [first, second] = await read(format, content, 64 * 1024)
      assert.match('fault' in first! ? first.fault.message : '', /at most/)
      assert.deepEqual('value' in second! && second.value, { title: 'small' })
    }
  })
})
