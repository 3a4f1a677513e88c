/** The beginning of a CSV file. */
export interface Opening {
  delimiter: string
  /** The characters and lines before the row with the names of the columns. */
  skip: number
  lines: number
  /** The numbers of those lines that are neither blank nor a comment. */
  passed: number[]
}

const delimiters = [',', ';', '\t', '|']
/** The number of non-blank rows that are examined. */
const mostLooked = 20

/**
 * Finds the row with the names of the columns. Blank lines, Excel's `sep=;`, comments (`#`, `//`) and a caption may
 * stand before it. When there is none, the first possible row is used, and is then refused by name.
 */
export function openingOf(beginning: string, isHeader: (names: readonly string[]) => boolean): Opening {
  let declared: string | undefined
  let first: Opening | undefined
  const passed: number[] = []
  let at = 0
  let lines = 0
  for (let looked = 0; at < beginning.length && looked < mostLooked;) {
    const end = endOfRow(beginning, at)
    const row = beginning.slice(at, end)
    const separator = /^"?sep=(.)"?[,;\t]*$/i.exec(row.trim())
    if (separator && declared === undefined) declared = separator[1] === '\\' ? '\t' : separator[1]!
    else if (/^sep=$/i.test(row.trim())) declared = row.endsWith('\t') ? '\t' : declared
    else if (row.trim() !== '') {
      const isComment = /^(#|\/\/)/.test(row)
      if (!isComment) looked++
      const candidates = declared === undefined ? byCount(row) : [declared]
      const opening = { delimiter: candidates[0]!, skip: at, lines, passed: [...passed] }
      const delimiter = candidates.find(mark => isHeader(cellsOf(row, mark)))
      if (delimiter !== undefined) return { ...opening, delimiter }
      if (!isComment) {
        first ??= opening
        passed.push(lines + 1)
      }
    }
    lines += row.split(/\r\n|\r|\n/).length
    at = end + (beginning.startsWith('\r\n', end) ? 2 : 1)
  }
  return first ?? { delimiter: declared ?? ',', skip: at, lines, passed: [] }
}

/** The first row of a text. */
export const rowFrom = (text: string) => text.slice(0, endOfRow(text, 0))

/** Where the row that begins here ends: at a line end outside of quotes. */
function endOfRow(text: string, from: number): number {
  let quoted = false
  let at = from
  for (; at < text.length; at++) {
    const mark = text[at]
    if (mark === '"') quoted = !quoted
    else if (!quoted && (mark === '\n' || mark === '\r')) break
  }
  // A quotation mark that is never closed is part of the text.
  return quoted ? from + text.slice(from).search(/[\r\n]|$/) : at
}

export function cellsOf(row: string, delimiter: string): string[] {
  const cells: string[] = []
  let quoted = false
  let from = 0
  for (let at = 0; at <= row.length; at++) {
    if (row[at] === '"') quoted = !quoted
    if (at < row.length && (quoted || row[at] !== delimiter)) continue
    const cell = row.slice(from, at).trim()
    cells.push(/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    from = at + 1
  }
  return cells
}

/** The possible separators of its fields, the most frequent first. */
const byCount = (row: string) =>
  delimiters
    .map(mark => ({ mark, count: cellsOf(row, mark).length }))
    .toSorted((a, b) => b.count - a.count)
    .map(({ mark }) => mark)
