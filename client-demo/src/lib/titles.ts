import { useEffect } from 'react'
import { createStore } from './store.ts'

interface Title {
  name: string
  isOver: boolean
}

/** What is shown, as the views and dialogs that show it say. */
export const titles = createStore<readonly Title[]>([])

/** What lies over a view gives its name to the whole. */
export const shownTitle = (all: readonly Title[]): string | null =>
  (all.findLast(({ isOver }) => isOver) ?? all.at(-1))?.name ?? null

/** Names the tab while this is shown. @param isOver a dialog over a view */
export function useTitle(name: string | null, { isOver = false } = {}): void {
  useEffect(() => {
    if (name === null) return
    const title = { name, isOver }
    titles.set(all => [...all, title])
    return () => titles.set(all => all.filter(other => other !== title))
  }, [name, isOver])
}

/** The name of the tab. What is unread comes first, where a narrow tab still shows it. */
export const documentTitle = (name: string | null, unread: number): string =>
  [unread > 0 ? `(${unread > 99 ? '99+' : unread})` : null, name === null ? null : `${name} ·`, 'Taskwire']
    .filter(part => part !== null)
    .join(' ')
