import { useEffect, useState } from 'react'
import type { Kept } from '../../../sdk/index.ts'
import { useStore, type Store } from '../lib/store.ts'
import { isFull, type LiveListState } from './live-list.ts'

interface Listed<T extends Kept> {
  store: Store<LiveListState<T>>
  shown: (state: LiveListState<T>) => T[]
  loadMore: () => Promise<void>
  start: () => () => void
}

/** A list that is followed for as long as it is shown. `end` is for `ListEnd`. */
export function useLiveList<T extends Kept, List extends Listed<T>>(make: () => List & Listed<T>) {
  const [list] = useState(make)
  const state = useStore(list.store, now => now)
  const items = list.shown(state)
  const { next, loading, error } = state
  useEffect(() => list.start(), [list])

  return {
    list,
    items,
    end: {
      next,
      loading,
      error,
      isEmpty: items.length === 0,
      isFull: isFull(state),
      onMore: () => void list.loadMore(),
    },
  }
}
