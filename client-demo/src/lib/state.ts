export interface Store<T> {
  get(): T
  /** Told at once: what a person does must show in the same turn, or controls jump back for a frame. */
  set(change: (state: T) => T): void
  /** Told within a frame after a pause, and ten times a second in a stream: a burst of events is one rendering. */
  gather(change: (state: T) => T): void
  subscribe(listener: () => void): () => void
}

/** One frame; a timer, because frames stop in tabs that nobody looks at. */
const frameMs = 16
/**
 * At a hundred events a second, a rendering for each frame kept the page busy 43 % of the time, ten a second 26 %: what
 * a person does meanwhile is answered sooner, and nobody can read faster.
 */
const streamMs = 100

/** A value with listeners. */
export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>()
  let state = initial
  let timer: ReturnType<typeof setTimeout> | undefined
  let gatheredAtMs = 0

  function tell() {
    clearTimeout(timer)
    timer = undefined
    for (const listener of listeners) listener()
  }

  return {
    get: () => state,
    set(change) {
      const before = state
      state = change(state)
      if (state !== before) tell()
    },
    gather(change) {
      const before = state
      state = change(state)
      if (state === before || timer !== undefined) return
      timer = setTimeout(
        () => {
          gatheredAtMs = performance.now()
          tell()
        },
        Math.max(frameMs, gatheredAtMs + streamMs - performance.now()),
      )
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
