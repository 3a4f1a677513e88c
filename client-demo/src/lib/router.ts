import { useSyncExternalStore } from 'react'
import { basePath } from './base-path.ts'
import { createSteps } from './steps.ts'
import { withQuery } from './with-query.ts'

/** In the fragment, so that any server that has the page can answer a reload. */
export interface Route {
  path: string
  query: URLSearchParams
}

let cached: { hash: string; route: Route } | undefined
/** How often the page went to another path. */
let moves = 0

function routeOf(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?')
  // A slash at the end, as one writes addresses by hand, is none.
  return { path: path.replace(/\/+$/, '') || '/', query: new URLSearchParams(search) }
}

function current(): Route {
  const { hash } = location
  if (cached?.hash !== hash) {
    const route = routeOf(hash)
    if (cached?.route.path !== route.path) moves++
    cached = { hash, route }
  }
  return cached.route
}

const listeners = new Set<() => void>()
function tell() {
  current()
  for (const listener of listeners) listener()
}
addEventListener('hashchange', tell)

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current)
export const currentRoute = current

const steps = createSteps({ history, onMoved: tell })
/** A dialog is a step of the history: going back closes it. See `createSteps`. */
export const openStep = steps.open

/** Whatever it was that the page was reached by, its views lie below its own address. */
const hashOf = (address: string) => `${location.pathname === `${basePath}/` ? '' : `${basePath}/`}#${address}`

/** To somewhere else on the page, as a link would. @param address path and query */
export const goTo = (address: string): void => steps.push(hashOf(address))

/** What the address tells is the same place, narrowed otherwise, or one that has taken the place of this one. */
export const replacePath = (address: string): void => steps.replace(hashOf(address))

/** Without an entry in the history: a search is not a place to go back to letter by letter. */
export function replaceQuery(query: URLSearchParams): void {
  const { path } = current()
  steps.replace(hashOf(withQuery(path, query)))
}

/**
 * Call it before a question whose answer leads elsewhere.
 *
 * @returns whether the page has stayed where it was; otherwise the answer must not move it, even if it is there again
 */
export function rememberPlace(): () => boolean {
  current()
  const before = moves
  return () => {
    current()
    return moves === before
  }
}

/** Closes what an address of its own has opened over `view`: a step back, if that is where one came from. */
export function leaveTo(view: string): void {
  const { path } = routeOf(view)
  steps.leave(hashOf(view), from => routeOf(from).path === path)
}
