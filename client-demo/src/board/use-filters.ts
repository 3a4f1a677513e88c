import { useCallback } from 'react'
import { usePage } from '../page.tsx'
import { replaceQuery } from '../router.ts'
import { useStore } from '../store.ts'
import { queryFromFilters, type Filters } from './filters.ts'

/** The filters, and a way to change some of them; the address follows. */
export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const { board } = usePage()
  const filters = useStore(board.store, state => state.filters)
  const change = useCallback(
    (part: Partial<Filters>) => {
      const next = { ...board.store.get().filters, ...part }
      replaceQuery(queryFromFilters(next))
      void board.filter(next)
    },
    [board],
  )
  return [filters, change]
}

export const toggled = <T>(values: readonly T[], value: T): readonly T[] =>
  values.includes(value) ? values.filter(other => other !== value) : [...values, value]
