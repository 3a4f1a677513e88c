import type { Row } from './reading/row.ts'

/** Rows in one step: enough to be fast, and few enough that other work gets its turn in between. */
const mostRows = 300
/** The same limit in characters, because a row may be large; three batches are in memory at once. */
const mostCharacters = 2 * 1024 * 1024

const charactersOf = (row: Row) => ('value' in row ? row.characters : 'fault' in row ? row.fault.field.length : 0)

/** Splits rows into batches that are processed in one step each; skips the rows that are done. */
export async function* batchesOf(rows: AsyncIterable<Row>, skipped: number): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  let characters = 0
  let nth = 0
  for await (const row of rows) {
    if (nth++ < skipped) continue
    batch.push(row)
    characters += charactersOf(row)
    if (batch.length < mostRows && characters < mostCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}
