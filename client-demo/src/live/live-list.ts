import {
  isInStep,
  liveCollection,
  type Collection,
  type Item,
  type Kept,
  type LiveEvent,
  type LiveKind,
} from '../../../sdk/index.ts'
import { cursorOf } from '../cursor.ts'
import { formErrors } from '../form-errors.ts'
import { createStore } from '../store.ts'
import type { Live } from './live.ts'

export interface LiveListState<T extends Kept> {
  held: Collection<T>
  /** What the server listed, for the present filters. */
  listed: ReadonlySet<number>
  /** The last that was listed; what stands behind it is not shown, for between them there may be others. */
  floor: T | null
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
}

export interface LiveListOptions<K extends LiveKind, T extends Kept = Item<K>> {
  kind: K
  live: Live
  fetchPage: (cursor: string, signal: AbortSignal) => Promise<{ results: T[]; next: string | null }>
  /** The order of the server's list. */
  compare: (a: T, b: T) => number
  /** Whether something belongs here as it is now. The server may have listed it for what cannot be judged here. */
  matches?: (item: T, isListed: boolean) => boolean
  /** Whether an event can be about what is held here; all are by default. */
  concerns?: (event: LiveEvent) => boolean
  /** An event that says that something here is other than before, and not what. */
  outdates?: (event: LiveEvent, held: Collection<T>) => boolean
}

/** Shown at most: beyond this one finds things by narrowing the list, not by scrolling. */
const mostShown = 1_000
/** What may come live before the list is begun anew, so that it does not grow for as long as a page is open. */
const mostUnlisted = 200

export const isFull = <T extends Kept>({ listed }: LiveListState<T>) => listed.size >= mostShown

/** A list of the server's by pages, kept up to date by events for as long as somebody looks at it. */
export function createLiveList<K extends LiveKind>(options: LiveListOptions<K>) {
  type T = Item<K>
  const { kind, live, fetchPage, compare, matches = () => true, concerns = () => true, outdates } = options
  const collection = liveCollection(kind)
  const unloaded = (): LiveListState<T> => ({
    held: collection.empty,
    listed: new Set(),
    floor: null,
    next: undefined,
    loading: false,
    error: null,
  })
  const store = createStore(unloaded())
  let generation = new AbortController()
  /** What is heard while the first page is on its way: the old list is shown meanwhile, but nothing of it is kept. */
  let rebuilt: Collection<T> | null = null

  async function loadPage(cursor: string, put: (state: LiveListState<T>, results: T[]) => Partial<LiveListState<T>>) {
    const { signal } = generation
    store.set(state => ({ ...state, loading: true, error: null }))
    try {
      const page = await fetchPage(cursor, signal)
      if (signal.aborted) return
      const next = cursorOf(page.next)
      const floor = next === null ? null : (page.results.at(-1) ?? null)
      store.set(state => ({ ...state, floor, next, loading: false, ...put(state, page.results) }))
    } catch (error) {
      if (signal.aborted) return
      store.set(state => ({ ...state, loading: false, error: formErrors(error, []).whole }))
    }
  }

  const idsOf = (items: readonly T[]) => items.map(({ id }) => id)

  async function reload() {
    generation.abort()
    generation = new AbortController()
    rebuilt = collection.empty
    await loadPage('', (_, results) => {
      const held = collection.keep(rebuilt ?? collection.empty, results)
      rebuilt = null
      return { held, listed: new Set(idsOf(results)) }
    })
  }

  async function loadMore() {
    const state = store.get()
    if (state.loading) return
    // Also after a reload that failed: what is shown is from before it.
    if (state.next === undefined || rebuilt !== null) return await reload()
    if (state.next === null || isFull(state)) return
    await loadPage(state.next, ({ held, listed }, results) => ({
      held: collection.keep(held, results),
      listed: new Set([...listed, ...idsOf(results)]),
    }))
  }

  function hear(event: LiveEvent) {
    if (!concerns(event)) return
    if (rebuilt) rebuilt = collection.apply(rebuilt, event)
    const before = store.get()
    if (before.next === undefined) return
    const held = collection.apply(before.held, event)
    if (held !== before.held) store.gather(state => ({ ...state, held }))
    const outgrown = held.items.size > before.listed.size + mostUnlisted
    // More to see than before: what it is nobody has told us.
    const isMore = event.name === 'access_changed' && event.readable
    if (isMore || (rebuilt === null && (outgrown || outdates?.(event, held)))) void reload()
  }

  return {
    store,
    loadMore,
    reload,
    /** What it is narrowed to has changed. */
    restart() {
      store.set(unloaded)
      return reload()
    },
    take: (item: T) => store.set(state => ({ ...state, held: collection.keep(state.held, [item]) })),
    forget: (id: number) => store.set(state => ({ ...state, held: collection.remove(state.held, id) })),
    shown: ({ held, listed, floor }: LiveListState<T>): T[] =>
      [...held.items.values()]
        .filter(item => matches(item, listed.has(item.id)) && (!floor || compare(item, floor) <= 0))
        .toSorted(compare),
    /** @returns what ends it */
    start() {
      const stops = [
        live.onEvent(hear),
        live.onReset(() => void reload()),
        live.status.subscribe(() => isInStep(live.status.get()) && store.get().error !== null && void loadMore()),
      ]
      void reload()
      // What happened between this answer and the first join nobody tells.
      if (!live.hasJoined()) live.whenLive(() => void (generation.signal.aborted || reload()))
      return () => {
        generation.abort()
        for (const stop of stops) stop()
      }
    },
  }
}
export type LiveList<K extends LiveKind> = ReturnType<typeof createLiveList<K>>
