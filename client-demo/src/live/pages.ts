import { cursorOf } from '../lib/cursor.ts'
import { formErrors } from '../lib/form-errors.ts'
import type { Store } from '../lib/state.ts'

/** How far a list of the server's is loaded. */
export interface Paging {
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
}

export const unloaded: Paging = { next: undefined, loading: false, error: null }

interface PagesOptions<State extends Paging, Page> {
  /** Where the list is kept. */
  store: Pick<Store<State>, 'get' | 'set'>
  /** @param cursor empty = the first page */
  fetchPage: (cursor: string, signal: AbortSignal) => Promise<Page>
  /** What the first page makes of the list. @param next where the page after it begins */
  begin: (state: State, page: Page, next: string | null) => Partial<State>
  /** What a further page makes of it. */
  add: (state: State, page: Page, next: string | null) => Partial<State>
}

/**
 * The one way in which lists of the server's are loaded: page by page, begun anew when something may be missing, and tried
 * again after a failure. The old list is shown until the new one is there.
 */
export function createPages<State extends Paging, Page extends { next: string | null }>(
  options: PagesOptions<State, Page>,
) {
  const { store, fetchPage, begin, add } = options
  let generation = new AbortController()
  /** What is shown is from before a list that is on its way, or that failed to come. */
  let isBehind = false
  /** What was heard while the first page is on its way, which may be older. */
  let heard: ((state: State) => State)[] = []

  async function load(cursor: string): Promise<Page | undefined> {
    const isFirst = cursor === ''
    const { signal } = generation
    store.set(state => ({ ...state, loading: true, error: null }))
    try {
      const page = await fetchPage(cursor, signal)
      if (signal.aborted) return undefined
      const changes = heard
      heard = []
      if (isFirst) isBehind = false
      const next = cursorOf(page.next)
      store.set(state => {
        const put = isFirst ? begin(state, page, next) : add(state, page, next)
        return changes.reduce<State>((now, change) => change(now), { ...state, next, loading: false, ...put })
      })
      return page
    } catch (error) {
      if (signal.aborted) return undefined
      heard = []
      store.set(state => ({ ...state, loading: false, error: formErrors(error, []).whole }))
      return undefined
    }
  }

  function stop() {
    generation.abort()
    generation = new AbortController()
    heard = []
  }

  /** From the first page on. @returns that page; undefined if it failed, or is not wanted any more */
  async function reload() {
    stop()
    isBehind = true
    return await load('')
  }

  return {
    reload,
    /** The next page; the first one while there is none, and when the last attempt to begin anew has failed. */
    async loadMore() {
      const { next, loading } = store.get()
      if (loading) return
      if (isBehind || next === undefined) await reload()
      else if (next !== null) await load(next)
    },
    isBehind: () => isBehind,
    /** A change that must also be made to a list that is on its way. */
    note(change: (state: State) => State) {
      if (isBehind && store.get().loading) heard.push(change)
    },
    /** What is on its way is not wanted any more. */
    stop() {
      stop()
      if (store.get().loading) store.set(state => ({ ...state, loading: false }))
    },
  }
}
