import { useEffect } from 'react'
import { unreadCount } from '../../sdk/index.ts'
import { usePage } from './lib/use-page.ts'
import { useStore } from './lib/store.ts'
import { documentTitle, shownTitle, titles, useTitle } from './lib/titles.ts'

/** The name of the tab tells what it shows, and how much is unread. */
export function DocumentTitle({ view }: { view: string }) {
  useTitle(view)
  const name = useStore(titles, shownTitle)
  const unread = useStore(usePage().notifications.store, state => unreadCount(state.inbox))
  useEffect(() => {
    document.title = documentTitle(name, unread)
  }, [name, unread])
  return null
}
