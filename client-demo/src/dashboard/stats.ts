import type { DashboardStats, LiveEvent, TaskwireClient } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { createStore } from '../lib/store.ts'
import { followLive } from '../live/follow.ts'
import type { Live } from '../live/live.ts'

export interface StatsState {
  stats: DashboardStats | null
  error: string | null
}

/** The server counts again after two seconds, or later when counting takes long. */
const settleMs = 2_100
/** An event has the time at which its change began. A count that began soon after it may be without the change. */
const changeMs = 1_000

/** How much there is of everything, counted again when something happens. */
export function createStats({ client, live }: { client: TaskwireClient; live: Live }) {
  const store = createStore<StatsState>({ stats: null, error: null })
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The time of the newest event. */
  let changedMs = 0
  let asked = new AbortController()

  async function load() {
    asked.abort()
    asked = new AbortController()
    const { signal } = asked
    try {
      const stats = await client.dashboard.stats({}, { signal })
      if (signal.aborted) return
      store.set(() => ({ stats, error: null }))
      if (Date.parse(stats.at) < changedMs + changeMs) soon()
    } catch (error) {
      if (!signal.aborted) store.set(state => ({ ...state, error: formErrors(error, []).whole }))
    }
  }

  /** At most once in this time, however much happens. */
  function soon() {
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, settleMs)
  }

  function hear({ at }: LiveEvent) {
    changedMs = Math.max(changedMs, Date.parse(at))
    soon()
  }

  return {
    store,
    load,
    /** @returns what ends it */
    start() {
      const stop = followLive(live, {
        hear,
        load: () => void load(),
        retry: () => store.get().error !== null && soon(),
      })
      return () => {
        clearTimeout(timer)
        timer = undefined
        stop()
        asked.abort()
      }
    },
  }
}
