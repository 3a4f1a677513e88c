import { useEffect, useLayoutEffect, useState } from 'react'
import { usePage } from '../lib/use-page.ts'
import { createStore, useStore } from '../lib/store.ts'
import { createPages, unloaded, type Paging } from './pages.ts'

type Read<T> = (cursor: string, signal: AbortSignal) => Promise<{ results: T[]; next: string | null }>

interface Items<T> extends Paging {
  items: readonly T[]
}

function createItems<T>() {
  const store = createStore<Items<T>>({ ...unloaded, items: [] })
  let read: Read<T>
  const pages = createPages({
    store,
    fetchPage: (cursor, signal) => read(cursor, signal),
    begin: (_: Items<T>, { results }) => ({ items: results }),
    add: ({ items }: Items<T>, { results }) => ({ items: [...items, ...results] }),
  })
  return {
    ...pages,
    store,
    ask(now: Read<T>) {
      read = now
      void pages.reload()
    },
    replace(change: (item: T) => T) {
      const changed = (state: Items<T>) => ({ ...state, items: state.items.map(change) })
      pages.note(changed)
      store.set(changed)
    },
  }
}

/**
 * A list of which no event tells: read anew when what is asked for changes, and when the event log was lost: after a
 * restore everything may be other than before.
 *
 * @param read one page from a cursor on; must stay the same function for the same question
 */
export function usePages<T>(read: Read<T>) {
  const { live } = usePage()
  const [pages] = useState(createItems<T>)
  const { items, ...paging } = useStore(pages.store, state => state)
  // Before anything is painted: a list that is empty because nothing was asked yet must not look like an empty one.
  useLayoutEffect(() => {
    pages.ask(read)
    return pages.stop
  }, [pages, read])

  useEffect(() => live.onReset(() => void pages.reload()), [live, pages])

  return {
    items,
    end: { ...paging, isEmpty: items.length === 0, isFull: false, onMore: () => void pages.loadMore() },
    reload: pages.reload,
    replace: pages.replace,
  }
}
