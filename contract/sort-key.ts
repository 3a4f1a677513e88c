const sign = 1n << 63n
const all = (1n << 64n) - 1n

/**
 * The key of a task that nobody has placed, derived from its position: the bits of the number, as text whose order is
 * the order of the numbers. The database has the same function (`sort_key_of`). It is a key of the package
 * `fractional-indexing`, which finds keys between two others: `p` announces sixteen digits before the fraction.
 */
export function sortKeyOf(position: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, position)
  const bits = view.getBigUint64(0)
  const ordered = bits & sign ? ~bits & all : bits | sign
  return `p${ordered.toString(16).padStart(16, '0')}`
}

/**
 * A task in the form of this release. The release before gave positions as numbers, so events in the log, kept answers,
 * and instances of that release while both run still do. Any other value is returned unchanged.
 */
export const withSortKey = <T>(task: T): T =>
  typeof task === 'object' && task !== null && 'position' in task && typeof task.position === 'number'
    ? { ...task, position: sortKeyOf(task.position) }
    : task
