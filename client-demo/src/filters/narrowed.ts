import type { AddressFilters } from './address-filters.ts'

/**
 * A list that is loaded anew when what it is narrowed to changes.
 *
 * @param make a list; it asks for the filters whenever it needs them
 */
export function createNarrowed<T extends object, List extends { restart(): Promise<unknown> }>(
  kind: AddressFilters<T>,
  first: T,
  make: (filters: () => T) => List,
) {
  let filters = first
  const list = make(() => filters)
  return {
    ...list,
    narrow(next: T) {
      if (kind.isSame(next, filters)) return
      filters = next
      void list.restart()
    },
  }
}
