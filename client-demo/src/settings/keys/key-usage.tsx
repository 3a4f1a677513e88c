import { useEffect, useEffectEvent, useState } from 'react'
import type { ApiKeyUsage } from '../../../../sdk/index.ts'
import { useSending } from '../../forms/use-sending.ts'
import { formatAgo, formatCount, formatMoment } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'

const latest = 10
const mostDays = 14

/** How often a key was used: by day, by endpoint, by status, and the latest calls. */
export function KeyUsage({ id }: { id: number }) {
  const { client } = usePage()
  const [usage, setUsage] = useState<ApiKeyUsage>()
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const load = useEffectEvent(
    () => void send(async () => setUsage(await client.apiKeys.usage({ id, page: 1, page_size: latest }))),
  )
  useEffect(() => load(), [])
  return (
    <section className="key-usage" aria-labelledby="key-usage" aria-busy={busy}>
      <h3 id="key-usage">Use in the last 90 days</h3>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      {usage && usage.calls === 0 && <p className="hint">Nothing was called with it yet.</p>}
      {usage && usage.calls > 0 && <Numbers usage={usage} />}
    </section>
  )
}

function Numbers({ usage }: { usage: ApiKeyUsage }) {
  const most = Math.max(...usage.by_day.map(({ calls }) => calls))
  return (
    <>
      <p>
        {formatCount(usage.calls)} calls, {formatCount(usage.errors)} of them refused or failed. By status:{' '}
        {usage.by_status.map(({ status, calls }) => `${formatCount(calls)} with ${status}`).join(', ')}.
      </p>
      <table>
        <caption>By day</caption>
        <tbody>
          {usage.by_day.slice(0, mostDays).map(({ day, calls, errors }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td className="usage-bar" aria-hidden="true">
                <span style={{ width: `${(100 * calls) / most}%` }} />
              </td>
              <td>{formatCount(calls)}</td>
              <td>{errors > 0 && `${formatCount(errors)} failed`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>By endpoint</caption>
        <tbody>
          {usage.by_endpoint.slice(0, latest).map(({ method, path, calls, errors }) => (
            <tr key={`${method} ${path}`}>
              <th scope="row">
                {method} {path}
              </th>
              <td>{formatCount(calls)}</td>
              <td>{errors > 0 && `${formatCount(errors)} failed`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Latest calls</caption>
        <tbody>
          {usage.results.map(({ id, at, method, path, status, ip_address }) => (
            <tr key={id}>
              <th scope="row">
                {method} {path}
              </th>
              <td>{status}</td>
              <td>{ip_address}</td>
              <td>
                <time dateTime={at} title={formatMoment(at)}>
                  {formatAgo(at)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
