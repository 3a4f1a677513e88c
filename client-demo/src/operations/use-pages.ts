import { useCallback, useEffect, useRef, useState } from 'react'
import { cursorOf } from '../cursor.ts'
import { formErrors } from '../form-errors.ts'

type Read<T> = (cursor: string) => Promise<{ results: T[]; next: string | null }>

interface Pages<T> {
  items: readonly T[]
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  error: string | null
  /** What was asked for these; null when more is on its way. */
  of: Read<T> | null
}

/**
 * A list that is read page by page, and anew when what is asked for changes.
 *
 * @param read one page from a cursor on; must stay the same function for the same question
 */
export function usePages<T>(read: Read<T>) {
  const [pages, setPages] = useState<Pages<T>>({ items: [], next: undefined, error: null, of: null })
  /** Answers to a question that nobody asks any more are dropped. */
  const asked = useRef(0)
  const loading = pages.of !== read

  const load = useCallback(
    (cursor: string) => {
      const mine = ++asked.current
      const put = (change: (now: Pages<T>) => Partial<Pages<T>>) =>
        mine === asked.current && setPages(now => ({ ...now, error: null, of: read, ...change(now) }))
      return read(cursor).then(
        ({ results, next }) =>
          put(({ items }) => ({ items: cursor === '' ? results : [...items, ...results], next: cursorOf(next) })),
        error => put(() => ({ error: formErrors(error, []).whole })),
      )
    },
    [read],
  )
  useEffect(() => void load(''), [load])

  return {
    items: pages.items,
    end: {
      next: pages.next,
      error: pages.error,
      loading,
      isEmpty: pages.items.length === 0,
      isFull: false,
      onMore: () => {
        if (loading) return
        setPages(now => ({ ...now, error: null, of: null }))
        void load(pages.next ?? '')
      },
    },
    reload: () => load(''),
    replace: (change: (item: T) => T) => setPages(now => ({ ...now, items: now.items.map(change) })),
  }
}
