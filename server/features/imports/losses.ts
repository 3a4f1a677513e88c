import { limits, type LeftOut as Loss, type Remark } from '../../../contract/index.ts'
import type { LeftOut } from './formats/index.ts'
import { brief } from './remarks.ts'

/** The number of lines that are listed per kind, so that one extra column does not hide everything else. */
const mostNamed = 5
/** Further kinds are counted together under this name. */
const others = 'other fields'

/**
 * The parts of some rows that tasks cannot hold: by kind, with their number, and with a remark for some of the rows.
 */
export interface Losses {
  readonly kinds: ReadonlyMap<string, Loss & { remarks: readonly Remark[]; reported: number }>
  add(line: number, lost: LeftOut): void
}

export function createLosses(): Losses {
  const kinds = new Map<string, Loss & { remarks: Remark[]; reported: number }>()
  return {
    kinds,
    add(line, { kind: given, count, names, quiet }) {
      const named = brief(given, limits.importKind)
      const kind = kinds.has(named) || kinds.size < limits.importKinds - 1 ? named : others
      const known = kinds.get(kind) ?? { kind, count: 0, tasks: 0, remarks: [], reported: 0 }
      kinds.set(kind, known)
      known.count += count
      known.tasks += 1
      if (quiet) return
      known.reported += 1
      if (known.remarks.length < mostNamed) known.remarks.push({ line, field: kind, message: sentence(count, names) })
    },
  }
}

function sentence(count: number, names?: readonly string[]): string {
  const which = names && names.length > 0 ? ` (${brief(names.join(', '), limits.importKind)})` : ''
  return count === 1
    ? `tasks do not have it, so it was left out${which}`
    : `tasks do not have them, so ${count} were left out${which}`
}

/** Adds up losses within the limits; kinds are in the order in which they occurred. */
export function addLosses(
  known: readonly Loss[],
  { kinds }: Losses,
): { sum: Loss[]; remarks: Remark[]; reported: number } {
  const sum = new Map(known.map(loss => [loss.kind, loss]))
  const remarks: Remark[] = []
  let reported = 0
  for (const { kind: own, count, tasks, remarks: found, reported: rows } of kinds.values()) {
    const kind = sum.has(own) || sum.size < limits.importKinds - 1 ? own : others
    const before = sum.get(kind) ?? { kind, count: 0, tasks: 0 }
    remarks.push(...found.slice(0, Math.max(0, mostNamed - before.tasks)))
    sum.set(kind, { kind, count: before.count + count, tasks: before.tasks + tasks })
    reported += rows
  }
  return { sum: [...sum.values()], remarks, reported }
}
