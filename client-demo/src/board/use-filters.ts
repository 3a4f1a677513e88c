import { useCallback } from 'react'
import { usePage } from '../page.tsx'
import { currentRoute, replaceQuery } from '../router.ts'
import { useStore } from '../store.ts'
import { filtersFromQuery, queryFromFilters, type Filters } from './filters.ts'

/** The filters, and a way to change some of them. The board follows the address. */
export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const filters = useStore(usePage().board.store, state => state.filters)
  const change = useCallback((part: Partial<Filters>) => {
    const { query } = currentRoute()
    const next = queryFromFilters({ ...filtersFromQuery(query), ...part })
    if (query.has('cancelled')) next.set('cancelled', '1')
    replaceQuery(next)
  }, [])
  return [filters, change]
}

/** Whether the column of what is cancelled is shown. */
export function showCancelled(show: boolean): void {
  const query = new URLSearchParams(currentRoute().query)
  if (show) query.set('cancelled', '1')
  else query.delete('cancelled')
  replaceQuery(query)
}

export const toggled = <T>(values: readonly T[], value: T): readonly T[] =>
  values.includes(value) ? values.filter(other => other !== value) : [...values, value]
