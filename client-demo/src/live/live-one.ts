import {
  emptyCollection,
  isInStep,
  isTaskwireError,
  keepAll,
  type Collection,
  type Kept,
  type LiveEvent,
} from '../../../sdk/index.ts'
import { formErrors } from '../form-errors.ts'
import { createStore } from '../store.ts'
import type { Live } from './live.ts'

export interface LiveOneState<T> {
  item: T | undefined
  /** There is no such thing, or none any more, or none that one may see. */
  isMissing: boolean
  error: string | null
}

interface LiveOneOptions<T extends Kept> {
  live: Live
  fetchOne: (signal: AbortSignal) => Promise<T>
  apply: (held: Collection<T>, event: LiveEvent) => Collection<T>
}

/** One thing, kept up to date for as long as somebody looks at it. */
export function createLiveOne<T extends Kept>({ live, fetchOne, apply }: LiveOneOptions<T>) {
  const store = createStore<LiveOneState<T>>({ item: undefined, isMissing: false, error: null })
  let held = emptyCollection<T>()
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
    held = keepAll(held, [item])
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
      const stops = [
        live.onEvent(event => {
          if (id === undefined && !loading) return
          const before = held
          held = apply(held, event)
          if (held !== before && id !== undefined) show()
        }),
        live.onReset(() => {
          // Versions may have gone back.
          held = emptyCollection()
          void load()
        }),
        live.status.subscribe(() => isInStep(live.status.get()) && store.get().error !== null && void load()),
      ]
      void load()
      if (!live.hasJoined()) live.whenLive(() => void (generation.signal.aborted || load()))
      return () => {
        generation.abort()
        for (const stop of stops) stop()
      }
    },
  }
}
