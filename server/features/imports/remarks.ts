import { limits, type Remark } from '../../../contract/index.ts'

/** Nobody reads more of a message, or of the name of an unknown column: a file must not fill the report with its text. */
const longest = { field: 100, message: 200 }
/** A copy, for a part of a text keeps all of it in memory; and as one that can be stored. */
export const brief = (text: string, most: number) => Buffer.from(text.slice(0, most)).toString().replaceAll('\0', '')

/** What there is to say of some rows: all of it is counted, and as much is kept as a report has room for. */
export interface Remarks {
  readonly count: number
  readonly first: readonly Remark[]
  add(line: number, field: string, message: string): void
}

export function createRemarks(): Remarks {
  const first: Remark[] = []
  let count = 0
  return {
    get count() {
      return count
    },
    first,
    add: (line, field, message) => {
      if (++count <= limits.importRemarks)
        first.push({ line, field: brief(field, longest.field), message: brief(message, longest.message) })
    },
  }
}

/** In the order of their lines. */
export const together = (...all: readonly Pick<Remarks, 'count' | 'first'>[]): Pick<Remarks, 'count' | 'first'> => ({
  count: all.reduce((sum, { count }) => sum + count, 0),
  first: all.flatMap(({ first }) => first).toSorted((a, b) => a.line - b.line),
})
