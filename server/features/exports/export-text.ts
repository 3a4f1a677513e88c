import { stringify } from 'csv-stringify/sync'
import type { exportDataFormats } from '../../../contract/index.ts'

type TextFormat = (typeof exportDataFormats)[number]

/** How rows become the text of a file: what is before them, some rows, and what is after them. */
interface RowsAsText {
  begin: string
  rows(rows: readonly object[], isFirst: boolean): string
  end: string
}

export function rowsAsText(format: TextFormat, columns: readonly string[]): RowsAsText {
  switch (format) {
    case 'csv':
      return {
        begin: `${byteOrderMark}${asCsv([Object.fromEntries(columns.map(name => [name, name]))], columns)}`,
        rows: rows => asCsv(rows, columns),
        end: '',
      }
    case 'json':
      return {
        begin: '[',
        rows: (rows, isFirst) =>
          rows.map((row, nth) => `${isFirst && nth === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`).join(''),
        end: '\n]\n',
      }
    case 'ndjson':
      return { begin: '', rows: rows => rows.map(row => `${JSON.stringify(row)}\n`).join(''), end: '' }
    default:
      return format satisfies never
  }
}

/** Without it Excel takes a file for one in the old encoding of its country. */
const byteOrderMark = '\ufeff'

/**
 * RFC 4180 with CRLF. Lists and objects are JSON. Where white space is around a value it is in quotes, so that no
 * reader trims it.
 */
const asCsv = (rows: readonly object[], columns: readonly string[]): string =>
  stringify([...rows], {
    columns: [...columns],
    record_delimiter: 'windows',
    quoted_match: /^\s|\s$|[\r\n]/,
    cast: { string: withoutFormula, boolean: String },
  })

/**
 * A spreadsheet would calculate a text that begins with one of these signs, and a formula can send data away. After an
 * apostrophe it is text. A text that begins with apostrophes and such a sign gets one more, so that an import of our
 * file can take exactly one away (`features/imports/formats/own-export.ts`).
 */
const withoutFormula = (text: string): string =>
  /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
