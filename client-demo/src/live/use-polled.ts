import { useEffect, useState } from 'react'
import { formErrors } from '../lib/form-errors.ts'
import { createStore, useStore } from '../lib/store.ts'

interface Polled<T> {
  /** The last answer; it stays when a later call fails. */
  value: T | null
  error: string | null
}

type Read<T> = (signal: AbortSignal) => Promise<T>

function createPolling<T>() {
  const store = createStore<Polled<T>>({ value: null, error: null })
  return {
    store,
    /** Asks at once, and again so long after each answer; while nobody looks at the tab it rests. @returns what ends it */
    start(read: Read<T>, everyMs: number) {
      const abort = new AbortController()
      const { signal } = abort
      let timer: ReturnType<typeof setTimeout> | undefined
      let isAsking = false

      async function ask() {
        clearTimeout(timer)
        if (document.hidden || isAsking) return
        isAsking = true
        try {
          const value = await read(signal)
          if (!signal.aborted) store.set(() => ({ value, error: null }))
        } catch (error) {
          if (!signal.aborted) store.set(({ value }) => ({ value, error: formErrors(error, []).whole }))
        }
        isAsking = false
        if (!signal.aborted) timer = setTimeout(() => void ask(), everyMs)
      }

      document.addEventListener('visibilitychange', () => void ask(), { signal })
      void ask()
      return () => {
        abort.abort()
        clearTimeout(timer)
      }
    },
  }
}

/**
 * What no event tells of, asked for again and again while somebody looks at it.
 *
 * @param read must stay the same function for the same question
 */
export function usePolled<T>(read: Read<T>, everyMs: number): Polled<T> {
  const [polling] = useState(createPolling<T>)
  useEffect(() => polling.start(read, everyMs), [polling, read, everyMs])
  return useStore(polling.store, state => state)
}
