import { useSyncExternalStore } from 'react'

/** In the fragment, so that any server that has the page can answer a reload. */
export interface Route {
  path: string
  query: URLSearchParams
}

let cached: { hash: string; route: Route } | undefined

function current(): Route {
  const { hash } = location
  if (cached?.hash === hash) return cached.route
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?')
  cached = { hash, route: { path: path === '' ? '/' : path, query: new URLSearchParams(search) } }
  return cached.route
}

function subscribe(listener: () => void) {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current)
export const currentRoute = current

/** Closing what the address leads to: not a step to go back to. */
export function replacePath(path: string): void {
  history.replaceState(null, '', `/#${path}`)
  cached = undefined
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** Without an entry in the history: a search is not a place to go back to letter by letter. */
export function replaceQuery(query: URLSearchParams): void {
  const { path } = current()
  const search = query.size > 0 ? `?${query}` : ''
  history.replaceState(null, '', `#${path}${search}`)
  cached = undefined
}
