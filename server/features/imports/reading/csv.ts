import { finished } from 'node:stream/promises'
import { CsvError, parse, type Parser } from 'csv-parse'
import { unreadable } from './fault.ts'
import { mostFields, mostRowCharacters, type Row, tooLarge } from './row.ts'

/** A quotation mark that nobody closes makes one row of all that follows; that is not read to its end. */
const mostRecordCharacters = 8 * mostRowCharacters

interface Parsed {
  record: string[]
  info: { lines: number }
}

/**
 * Rows of CSV, by the names in its first row (trimmed, in lower case). Fields are separated by what separates those most
 * often: comma, semicolon or tab.
 *
 * @param columns looks at the names first; may throw
 */
export async function* csvRows(
  text: AsyncIterable<string>,
  columns: (names: readonly string[]) => void,
): AsyncGenerator<Row> {
  let parser: Parser | undefined
  let names: string[] | null = null
  let returns = 0
  function* take(): Generator<Row> {
    for (let parsed = read(parser!); parsed !== null; parsed = read(parser!)) {
      // The parser counts to the end of a row, and a CR in a quotation as a line of its own.
      returns += countIn(parsed.record, '\r')
      const line = parsed.info.lines - returns - countIn(parsed.record, '\n')
      if (names) yield rowOf(line, names, parsed.record)
      else columns((names = namesIn(parsed.record)))
    }
  }
  try {
    // By hand and not through a pipe: a pipe waits a turn of the event loop for each row, twice as long as it takes.
    for await (const piece of text) {
      parser ??= open(piece)
      parser.write(piece)
      if (parser.errored) throw parser.errored
      yield* take()
    }
    if (parser) {
      parser.end()
      await finished(parser, { readable: false })
      yield* take()
    }
    if (!names) throw unreadable('it is empty')
  } catch (error) {
    throw error instanceof CsvError ? explain(error) : error
  } finally {
    parser?.destroy()
  }
}

const read = (parser: Parser) => parser.read() as Parsed | null

function open(beginning: string): Parser {
  const parser = parse({
    delimiter: delimiterOf(beginning),
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: mostRecordCharacters,
  })
  // Thrown to whoever writes; without a listener it would end the process.
  parser.on('error', () => {})
  return parser
}

function namesIn(header: readonly string[]): string[] {
  if (header.length > mostFields)
    throw unreadable(`it has ${header.length} columns, and may have at most ${mostFields}`, 1)
  return header.map(name => name.trim().toLowerCase())
}

function rowOf(line: number, names: readonly string[], record: readonly string[]): Row {
  const characters = record.reduce((sum, cell) => sum + cell.length, 0)
  if (characters > mostRowCharacters) return tooLarge(line)
  if (record.length > names.length)
    return {
      line,
      fault: { field: 'row', message: `has ${record.length} fields, and there are ${names.length} columns` },
    }
  const value: Record<string, unknown> = {}
  for (let nth = 0; nth < record.length; nth++) {
    const name = names[nth]!
    // Of columns that are called alike the first that says something counts.
    if (record[nth] !== '' && name !== '__proto__') value[name] ??= record[nth]
  }
  return { line, value, characters }
}

function countIn(record: readonly string[], mark: string): number {
  let count = 0
  for (const cell of record) for (let at = cell.indexOf(mark); at >= 0; at = cell.indexOf(mark, at + 1)) count++
  return count
}

export function delimiterOf(beginning: string): string {
  const [header = ''] = beginning.split(/[\r\n]/, 1)
  const count = (mark: string) => header.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}

const explain = (error: CsvError) =>
  unreadable(
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? 'a quotation is not closed'
      : 'it is not CSV',
    typeof error['lines'] === 'number' ? error['lines'] : undefined,
  )
