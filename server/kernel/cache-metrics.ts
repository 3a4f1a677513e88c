import type { Metrics } from '../ports/metrics.ts'

/** Counts a look-up in one of the caches of the instance. Never waits and never fails. */
export type CountLookUp = (cache: 'answers' | 'sessions' | 'keys', outcome: 'hit' | 'miss') => void

export function measureCaches(metrics: Metrics): CountLookUp {
  const requests = metrics.counter({
    name: 'taskwire_cache_requests_total',
    help: 'Look-ups in a cache (answers, sessions, keys), by outcome: hit or miss',
    labels: ['cache', 'outcome'],
  })
  return (cache, outcome) => requests.add({ cache, outcome })
}
