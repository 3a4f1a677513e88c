import { useCallback, useState } from 'react'
import type { PerformanceMetrics } from '../../../../sdk/index.ts'
import { formatCount } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePolled } from '../../live/use-polled.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { RowsLoading } from '../../ui/rows-loading.tsx'
import { formatMs } from './quantities.ts'

const everyMs = 10_000
const mostRows = 10

const lists = {
  slowest_recent: 'In the last minute',
  slowest: 'Since the start',
} as const satisfies Partial<Record<keyof PerformanceMetrics, string>>
type ListName = keyof typeof lists

/** Which requests take long. */
export function Slowest() {
  const { client } = usePage()
  const [shown, setShown] = useState<ListName>('slowest_recent')
  const read = useCallback((signal: AbortSignal) => client.monitoring.performance({}, { signal }), [client])
  const { value, error } = usePolled(read, everyMs)
  return (
    <section className="panel" aria-labelledby="slowest" aria-busy={value === null}>
      <header className="system-head">
        <h2 id="slowest">Slowest endpoints</h2>
        <div className="segments" role="radiogroup" aria-labelledby="slowest">
          {(Object.keys(lists) as ListName[]).map(name => (
            <label key={name}>
              <input type="radio" name="slowest" checked={name === shown} onChange={() => setShown(name)} />
              <span>{lists[name]}</span>
            </label>
          ))}
        </div>
      </header>
      <ErrorNotice>{error}</ErrorNotice>
      {value ? <Endpoints endpoints={value[shown].slice(0, mostRows)} /> : <RowsLoading rows={3} />}
      <p className="hint">Of the instance that answers. p95 means that 95 of 100 requests were faster.</p>
    </section>
  )
}

function Endpoints({ endpoints }: { endpoints: PerformanceMetrics['slowest'] }) {
  if (endpoints.length === 0) return <p className="hint">Nothing was asked for in this time.</p>
  return (
    <div className="numbers-scroller" tabIndex={0} role="group" aria-label="Table of the slowest endpoints">
      <table>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">p95</th>
            <th scope="col">p50</th>
            <th scope="col">Requests</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map(({ method, route, p95_ms, p50_ms, count, errors }) => (
            <tr key={`${method} ${route}`}>
              <th scope="row">
                <code>
                  {method} {route}
                </code>
              </th>
              <td>{p95_ms === null ? '–' : formatMs(p95_ms)}</td>
              <td>{p50_ms === null ? '–' : formatMs(p50_ms)}</td>
              <td>{formatCount(count)}</td>
              <td className={errors > 0 ? 'is-alarming' : undefined}>{formatCount(errors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
