import type { Family, Metrics } from '../../ports/metrics.ts'

/** The metrics whose recent past is of interest. None of them is read from a database. */
const watched = [
  'http_request_duration_seconds',
  'process_cpu_seconds_total',
  'taskwire_database_query_duration_seconds',
  'taskwire_errors_total',
  'taskwire_event_lag_seconds',
  'taskwire_events_total',
]
const everyMs = 10_000
/** The window is a minute long. */
const kept = 6

export interface Past {
  families: Family[]
  /** How long ago that was. */
  seconds: number
}

export interface Window {
  /** The metrics as they were a minute ago, or at the start. */
  past(): Past
  close(): void
}

/** Remembers the metrics of the last minute, so that a view can say what has happened recently. */
export async function createWindow(metrics: Metrics, now = () => performance.now()): Promise<Window> {
  const take = async () => ({ at: now(), families: await metrics.families(watched) })
  const taken = [await take()]
  const timer = setInterval(() => {
    void take().then(one => {
      taken.push(one)
      if (taken.length > kept) taken.shift()
    })
  }, everyMs)
  timer.unref()

  return {
    past: () => ({ families: taken[0]!.families, seconds: Math.max(0.001, (now() - taken[0]!.at) / 1000) }),
    close: () => clearInterval(timer),
  }
}
