import { useCallback } from 'react'
import { basePath } from '../lib/base-path.ts'
import { formatCount, formatClock } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { usePolled } from '../live/use-polled.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { RowsLoading } from '../ui/rows-loading.tsx'

const everyMs = 15_000

/** How much of what one may do in a minute is left: for programs that use one's account, the page needs little of it. */
export function RateLimitStatus() {
  const { client } = usePage()
  const read = useCallback((signal: AbortSignal) => client.rateLimits.status({}, { signal }), [client])
  const { value, error } = usePolled(read, everyMs)

  return (
    <section className="panel" aria-labelledby="rate-limits" aria-busy={value === null}>
      <h2 id="rate-limits">Programs and rate limits</h2>
      <ErrorNotice>{error}</ErrorNotice>
      {value === null ? (
        <RowsLoading rows={1} />
      ) : value.limits.length === 0 ? (
        <p className="hint">There are none on this server.</p>
      ) : (
        value.limits.map(({ name, limit, remaining, window_seconds: seconds, reset_at: at }) => (
          <p key={name} className="hint">
            {formatCount(remaining)} of {formatCount(limit)} calls are left until {formatClock(at)}; then it is{' '}
            {formatCount(limit)} again, for {seconds} seconds.
          </p>
        ))
      )}
      <p className="hint">
        What programs can call is described for the <a href={`${basePath}/docs`}>REST API</a> and for{' '}
        <a href={`${basePath}/docs/events`}>sockets</a>.
      </p>
    </section>
  )
}
