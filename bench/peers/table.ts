/** A row of a table; all rows of one table have the same columns. */
export type Row = Record<string, string | number>

const isNumber = (value: string | number) => typeof value === 'number'
const textOf = (value: string | number) => (isNumber(value) ? value.toLocaleString('en-US') : String(value))

/** The rows as a Markdown table whose columns are as wide as their longest cell, numbers on the right. */
export function tableOf(rows: Row[]): string {
  const names = Object.keys(rows[0] ?? {})
  const cells = [names, ...rows.map(row => names.map(name => textOf(row[name]!)))]
  const widths = names.map((_, column) => Math.max(3, ...cells.map(line => line[column]!.length)))
  const right = names.map(name => rows.every(row => isNumber(row[name]!)))
  const line = (texts: string[]) =>
    `| ${texts.map((text, nth) => (right[nth] ? text.padStart(widths[nth]!) : text.padEnd(widths[nth]!))).join(' | ')} |`
  const rule = `| ${widths.map((width, nth) => (right[nth] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n')
}

/** Prints a table on standard error, where people read. */
export const tell = (title: string, rows: Row[]) => process.stderr.write(`\n${title}\n\n${tableOf(rows)}\n\n`)
