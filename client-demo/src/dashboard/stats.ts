import type { DashboardStats, TaskwireClient } from '../../../sdk/index.ts'
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
/** How far the time of the server may be from what the client takes for it. */
const clockMs = 2_000
/** After each failure the page waits twice as long, up to this. */
const longestPauseMs = 60_000

/** How much there is of everything, counted again when something happens. */
export function createStats({ client, live }: { client: TaskwireClient; live: Live }) {
  const store = createStore<StatsState>({ stats: null, error: null })
  let timer: ReturnType<typeof setTimeout> | undefined
  /** In the server's time: when the last event was heard (rather too late than too early), and when the last count began. */
  let [changedMs, countedMs] = [0, 0]
  let pauseMs = settleMs
  let asked = new AbortController()

  async function load() {
    asked.abort()
    asked = new AbortController()
    const { signal } = asked
    try {
      const stats = await client.dashboard.stats({}, { signal })
      if (signal.aborted) return
      countedMs = Date.parse(stats.at)
      pauseMs = settleMs
      store.set(() => ({ stats, error: null }))
    } catch (error) {
      if (signal.aborted) return
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      store.set(state => ({ ...state, error: formErrors(error, []).whole }))
    }
    if (countedMs < changedMs) soon()
  }

  /** At most once in this time, however much happens. */
  function soon() {
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, pauseMs)
  }

  function hear() {
    changedMs = client.now() + clockMs
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
