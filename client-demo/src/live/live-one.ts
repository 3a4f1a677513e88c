import { isTaskwireError, liveCollection, type Item, type LiveKind } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { createStore } from '../lib/store.ts'
import { followLive } from './follow.ts'
import type { Live } from './live.ts'

export interface LiveOneState<T> {
  item: T | undefined
  /** There is no such thing, or none any more, or none that one may see. */
  isMissing: boolean
  error: string | null
}

interface LiveOneOptions<K extends LiveKind> {
  kind: K
  live: Live
  fetchOne: (signal: AbortSignal) => Promise<Item<K>>
}

/** One thing, kept up to date for as long as somebody looks at it. */
export function createLiveOne<K extends LiveKind>({ kind, live, fetchOne }: LiveOneOptions<K>) {
  type T = Item<K>
  const collection = liveCollection(kind)
  const store = createStore<LiveOneState<T>>({ item: undefined, isMissing: false, error: null })
  let held = collection.empty
  let id: number | undefined
  let generation = new AbortController()
  let loading = false

  function show() {
    const item = id === undefined ? undefined : held.items.get(id)
    // Of all others nothing is kept.
    held = { ...held, items: new Map(item ? [[item.id, item]] : []) }
    store.set(state => (state.item === item && !state.isMissing ? state : { ...state, item, isMissing: !item }))
  }

  function take(item: T) {
    id = item.id
    held = collection.keep(held, [item])
    show()
  }

  async function load() {
    generation.abort()
    generation = new AbortController()
    const { signal } = generation
    loading = true
    store.set(state => ({ ...state, error: null }))
    try {
      const item = await fetchOne(signal)
      if (!signal.aborted) take(item)
    } catch (error) {
      if (signal.aborted) return
      const isMissing = isTaskwireError(error, 'not_found')
      store.set(state => ({ ...state, isMissing, error: isMissing ? null : formErrors(error, []).whole }))
    } finally {
      if (!signal.aborted) loading = false
    }
  }

  return {
    store,
    take,
    load,
    /** @returns what ends it */
    start() {
      const stop = followLive(live, {
        hear(event) {
          if (id === undefined && !loading) return
          const before = held
          held = collection.apply(held, event)
          if (held !== before && id !== undefined) show()
        },
        load: () => void load(),
        reset() {
          // Versions may have gone back.
          held = collection.empty
          void load()
        },
        retry: () => store.get().error !== null && void load(),
      })
      return () => {
        stop()
        generation.abort()
      }
    },
  }
}
