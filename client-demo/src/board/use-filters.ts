import { useCallback } from 'react'
import { usePage } from '../lib/use-page.ts'
import { currentRoute, replaceQuery } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { boardFilters, type Filters } from '../tasks/filters.ts'

/** The filters, and a way to change some of them. The board follows the address. */
export function useBoardFilters(): [Filters, (change: Partial<Filters>) => void] {
  const filters = useStore(usePage().board.store, state => state.filters)
  const change = useCallback((part: Partial<Filters>) => {
    const { query } = currentRoute()
    const next = boardFilters.write({ ...boardFilters.read(query), ...part })
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
