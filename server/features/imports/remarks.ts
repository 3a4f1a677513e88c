import { limits, type Remark } from '../../../contract/index.ts'

/** Nobody reads more of a message, and a file must not fill the report with its own text. */
const longest = 200
/** A copy, for a part of a text keeps all of it in memory; and as one that can be stored. */
const brief = (text: string) => Buffer.from(text.slice(0, longest)).toString().replaceAll('\0', '')

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
      if (++count <= limits.importRemarks) first.push({ line, field: brief(field), message: brief(message) })
    },
  }
}

/** In the order of their lines. */
export const together = (some: Remarks, others: readonly Remark[]): Pick<Remarks, 'count' | 'first'> => ({
  count: some.count + others.length,
  first: [...some.first, ...others].toSorted((a, b) => a.line - b.line),
})
