import {
  liveCollection,
  type Collection,
  type Item,
  type Kept,
  type LiveEvent,
  type LiveKind,
} from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'
import { followLive } from './follow.ts'
import type { Live } from './live.ts'
import { createPages, unloaded, type Paging } from './pages.ts'

export interface LiveListState<T extends Kept> extends Paging {
  held: Collection<T>
  /** What the server listed, for the present filters. */
  listed: ReadonlySet<number>
  /** The last that was listed; what stands behind it is not shown, for between them there may be others. */
  floor: T | null
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
  type State = LiveListState<T>
  const { kind, live, fetchPage, compare, matches = () => true, concerns = () => true, outdates } = options
  const collection = liveCollection(kind)
  const empty: State = { ...unloaded, held: collection.empty, listed: new Set(), floor: null }
  const store = createStore(empty)

  const idsOf = (items: readonly T[]) => items.map(({ id }) => id)
  const floorOf = (items: readonly T[], next: string | null) => (next === null ? null : (items.at(-1) ?? null))

  const pages = createPages({
    store,
    fetchPage,
    begin: (_: State, { results }, next) => ({
      held: collection.keep(collection.empty, results),
      listed: new Set(idsOf(results)),
      floor: floorOf(results, next),
    }),
    add: ({ held, listed }: State, { results }, next) => ({
      held: collection.keep(held, results),
      listed: new Set([...listed, ...idsOf(results)]),
      floor: floorOf(results, next),
    }),
  })

  /** Whether something was told, while a list was on its way, of which it may know nothing yet. */
  let isOutdated = false

  async function reload() {
    isOutdated = false
    const page = await pages.reload()
    if (page && isOutdated) return await reload()
    return page
  }

  function change(how: 'set' | 'gather', apply: (held: Collection<T>) => Collection<T>) {
    const changed = (state: State) => {
      const held = apply(state.held)
      return held === state.held ? state : { ...state, held }
    }
    pages.note(changed)
    store[how](changed)
  }

  function hear(event: LiveEvent) {
    if (!concerns(event)) return
    const apply = (held: Collection<T>) => collection.apply(held, event)
    // More to see than before: what it is nobody has told us.
    const isMore = event.name === 'access_changed' && event.readable
    if (store.get().next === undefined) {
      isOutdated ||= isMore
      return pages.note(state => ({ ...state, held: apply(state.held) }))
    }
    change('gather', apply)
    const { held, listed } = store.get()
    const outgrown = held.items.size > listed.size + mostUnlisted
    const isOther = outdates?.(event, held) ?? false
    if (isMore || (!pages.isBehind() && (outgrown || isOther))) void reload()
    else isOutdated ||= isOther
  }

  return {
    store,
    async loadMore() {
      if (pages.isBehind() || !isFull(store.get())) await pages.loadMore()
    },
    reload,
    /** What it is narrowed to has changed. */
    restart() {
      store.set(() => empty)
      return reload()
    },
    take: (item: T) => change('set', held => collection.keep(held, [item])),
    forget: (id: number) => change('set', held => collection.remove(held, id)),
    shown: ({ held, listed, floor }: State): T[] =>
      [...held.items.values()]
        .filter(item => matches(item, listed.has(item.id)) && (!floor || compare(item, floor) <= 0))
        .toSorted(compare),
    /** @returns what ends it */
    start() {
      const stop = followLive(live, {
        hear,
        load: () => void reload(),
        retry: () => store.get().error !== null && void pages.loadMore(),
      })
      return () => {
        stop()
        pages.stop()
      }
    },
  }
}
export type LiveList<K extends LiveKind> = ReturnType<typeof createLiveList<K>>
