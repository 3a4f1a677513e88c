import { useSyncExternalStore } from 'react'
import type { Store } from './state.ts'

export { createStore, type Store } from './state.ts'

/** `select` must answer with the same thing for the same state. */
export const useStore = <T, Part>(store: Store<T>, select: (state: T) => Part): Part =>
  useSyncExternalStore(store.subscribe, () => select(store.get()))
