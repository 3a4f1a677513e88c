import { finished } from 'node:stream/promises'
import { CsvError, parse, type Parser } from 'csv-parse'
import { isBlank } from '../../../../contract/index.ts'
import { openingOf } from './csv-opening.ts'
import { unreadable } from './fault.ts'
import { mostColumns, mostFields, mostRowCharacters, type Row, tooLarge } from './row.ts'

/** An unclosed quotation mark makes one row of everything that follows; it is not read to its end. */
const mostRecordCharacters = 8 * mostRowCharacters
/** The number of characters that show where the names of the columns are and what separates them. */
const beginningCharacters = 64 * 1024

interface Parsed {
  record: string[]
  info: { lines: number }
}

/** What a format makes of the names in the first row. */
export interface Columns {
  /** Whether these are names of columns, and not a caption before them. */
  isHeader(names: readonly string[]): boolean
  /** The field of each column, by its name (trimmed, in lower case). May throw. */
  fields(names: readonly string[], line: number): string[]
}

/**
 * Rows of CSV. The separator and the line ends are detected from the file; one file may mix line ends. When several
 * columns stand for one field, the field is a list if several of them have a value.
 */
export async function* csvRows(text: AsyncIterable<string>, columns: Columns): AsyncGenerator<Row> {
  let parser: Parser | undefined
  let header: Header | null = null
  let returns = 0
  let before = 0
  let beginning = ''

  function* begin(): Generator<Row> {
    const { delimiter, skip, lines, passed } = openingOf(beginning, columns.isHeader)
    before = lines
    for (const line of passed) yield { line, passed: 'stands before the names of the columns' }
    parser = open(delimiter)
    parser.write(beginning.slice(skip))
    beginning = ''
  }
  function* take(): Generator<Row> {
    for (let parsed = read(parser!); parsed !== null; parsed = read(parser!)) {
      const { record } = parsed
      // The parser reports the line of the end of a row, and counts a CR inside quotes as a line of its own.
      returns += countIn(record, '\r')
      const line = before + parsed.info.lines - returns - countIn(record, '\n')
      // Also a row of the Ctrl-Z, zero bytes or invisible marks that some programs write at the end.
      if (record.every(isBlank)) continue
      if (header) yield rowOf(line, header, record)
      else header = headerOf(line, record, columns)
    }
  }
  try {
    // Written directly and not through a pipe: a pipe waits a turn of the event loop for each row, which takes twice as
    // long.
    for await (const piece of text) {
      if (parser) parser.write(piece)
      else {
        beginning += piece
        if (beginning.length < beginningCharacters) continue
        yield* begin()
      }
      if (parser!.errored) throw parser!.errored
      yield* take()
    }
    if (!parser && beginning !== '') yield* begin()
    if (parser) {
      // It ends only when its rows have been read.
      yield* take()
      parser.end()
      await finished(parser, { readable: false })
      yield* take()
    }
    if (!header) throw unreadable('it is empty')
  } catch (error) {
    throw error instanceof CsvError ? explain(error) : error
  } finally {
    parser?.destroy()
  }
}

const read = (parser: Parser) => parser.read() as Parsed | null

function open(delimiter: string): Parser {
  const parser = parse({
    delimiter,
    // Each row may have its own line end.
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    // Around quotes too; white space inside quotes is kept.
    trim: true,
    skip_empty_lines: true,
    max_record_size: mostRecordCharacters,
  })
  // Thrown to the writer; without a listener the error would end the process.
  parser.on('error', () => {})
  return parser
}

interface Header {
  fields: readonly string[]
  /** The names that several columns have. */
  repeated: ReadonlySet<string>
}

function headerOf(line: number, record: readonly string[], columns: Columns): Header {
  const names = record.map(name => name.trim().toLowerCase())
  while (names.at(-1) === '') names.pop()
  const different = new Set(names).size
  if (different > mostFields) throw unreadable(`it has ${different} columns, and may have at most ${mostFields}`, line)
  if (names.length > mostColumns)
    throw unreadable(`it has ${names.length} columns, and may have at most ${mostColumns}, with one name or many`, line)
  const fields = columns.fields(names, line).map((field, nth) => (field === '' ? `column ${nth + 1}` : field))
  const seen = new Set<string>()
  const repeated = fields.filter(field => seen.has(field) || !seen.add(field))
  return { fields, repeated: new Set(repeated) }
}

function rowOf(line: number, { fields, repeated }: Header, record: readonly string[]): Row {
  const characters = record.reduce((sum, cell) => sum + cell.length, 0)
  if (characters > mostRowCharacters) return tooLarge(line)
  // An extra separator at the end of a row is not a field.
  const count = 1 + record.findLastIndex(cell => cell.trim() !== '')
  if (count > fields.length) {
    const message = `has ${count} fields, and there are ${fields.length} columns`
    return { line, fault: { field: 'row', message } }
  }
  const value: Record<string, unknown> = {}
  for (let nth = 0; nth < count; nth++) {
    const [field, cell] = [fields[nth]!, record[nth]!]
    if (cell === '' || field === '__proto__') continue
    // A column may be called `constructor`.
    if (!Object.hasOwn(value, field)) value[field] = repeated.has(field) ? [cell] : cell
    else (value[field] as string[]).push(cell)
  }
  return { line, value, characters }
}

function countIn(record: readonly string[], mark: string): number {
  let count = 0
  for (const cell of record) for (let at = cell.indexOf(mark); at >= 0; at = cell.indexOf(mark, at + 1)) count++
  return count
}

const explain = (error: CsvError) =>
  unreadable(
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? 'a quotation is not closed'
      : 'it is not CSV',
    typeof error['lines'] === 'number' ? error['lines'] : undefined,
  )
