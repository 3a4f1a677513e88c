import { limits, type Remark } from '../../../contract/index.ts'

/**
 * Limits for a message and for the name of an unknown column, so that a file does not fill the report with its own
 * text.
 */
const longest = { field: 100, message: 200 }
/** A copy, because a substring keeps the whole text in memory; without characters that cannot be stored. */
export const brief = (text: string, most: number) => Buffer.from(text.slice(0, most)).toString().replaceAll('\0', '')

/** Remarks on some rows: all are counted, and as many are kept as a report can hold. */
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

/** Merged in the order of their lines. */
export const together = (...all: readonly Pick<Remarks, 'count' | 'first'>[]): Pick<Remarks, 'count' | 'first'> => ({
  count: all.reduce((sum, { count }) => sum + count, 0),
  first: all.flatMap(({ first }) => first).toSorted((a, b) => a.line - b.line),
})
