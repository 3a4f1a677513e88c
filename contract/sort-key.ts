const sign = 1n << 63n
const all = (1n << 64n) - 1n

/**
 * The key of a task that nobody has placed, from its position: the bits of the number, in an order of text that is the
 * order of numbers. The database says the same (`sort_key_of`). It is a key of the package `fractional-indexing`, which
 * finds keys between two others: `p` announces sixteen digits before the fraction.
 */
export function sortKeyOf(position: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, position)
  const bits = view.getBigUint64(0)
  const ordered = bits & sign ? ~bits & all : bits | sign
  return `p${ordered.toString(16).padStart(16, '0')}`
}

/**
 * A task as this release says it. The release before gave positions as numbers: so do its events in the log, its kept
 * answers, and its instances while both run. Whatever is no such task is returned as it is.
 */
export const withSortKey = <T>(task: T): T =>
  typeof task === 'object' && task !== null && 'position' in task && typeof task.position === 'number'
    ? { ...task, position: sortKeyOf(task.position) }
    : task
