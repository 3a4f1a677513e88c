import { useCallback } from 'react'
import type { HealthReport } from '../../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePolled } from '../../live/use-polled.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatMs } from './quantities.ts'

const everyMs = 4_000

type Status = HealthReport['status']
type Component = HealthReport['components'][string]

const statusNames: Record<Status, string> = { healthy: 'Healthy', degraded: 'Degraded', unhealthy: 'Unhealthy' }
const verdicts: Record<Status, string> = {
  healthy: 'All parts are healthy',
  degraded: 'It works, but not every part does',
  unhealthy: 'It cannot answer as it should',
}

/** The parts by what people call them; others by their own names. */
const partNames: Record<string, string> = {
  database: 'Database',
  replica: 'Read replica',
  redis: 'Redis',
  storage: 'File storage',
  jobs: 'Job queue',
  events: 'Event log',
  sockets: 'Sockets',
}
const ranks: Record<Status, number> = { unhealthy: 0, degraded: 1, healthy: 2 }

/** How each part of the system is at this moment; what is off comes first. */
export function SystemHealth() {
  const { client } = usePage()
  const read = useCallback((signal: AbortSignal) => client.monitoring.systemHealth({}, { signal }), [client])
  const { value, error } = usePolled(read, everyMs)
  return (
    <section className="panel" aria-labelledby="system-health" aria-busy={value === null}>
      <h2 id="system-health">Health</h2>
      <ErrorNotice>{error}</ErrorNotice>
      {value ? <Parts report={value} isOld={error !== null} /> : <PartsToCome />}
      <p className="hint">
        Version {value?.version ?? '…'}, up for {value ? formatUptime(value.uptime_seconds) : '…'}
      </p>
      <p className="hint">Each part is checked every few seconds; the time is how long its check took.</p>
    </section>
  )
}

function Parts({ report: { status, components }, isOld }: { report: HealthReport; isOld: boolean }) {
  const parts = Object.entries(components).toSorted(([, a], [, b]) => ranks[a.status] - ranks[b.status])
  return (
    <>
      <p className="verdict" data-health={isOld ? undefined : status}>
        {isOld ? 'What was known last:' : verdicts[status]}
      </p>
      <ul className="health" aria-label="Parts of the system">
        {parts.map(([name, part]) => (
          <Part key={name} name={partNames[name] ?? name} part={part} />
        ))}
      </ul>
    </>
  )
}

/** As much room as the parts will take, so that nothing moves when they come. */
const PartsToCome = () => (
  <>
    <p className="verdict">Asking each part…</p>
    <ul className="health" aria-hidden="true">
      {Object.entries(partNames).map(([key, name]) => (
        <li key={key}>
          <b>{name}</b>
          <span className="health-state">…</span>
          <small>…</small>
        </li>
      ))}
    </ul>
  </>
)

function Part({ name, part }: { name: string; part: Component }) {
  const { status, latency_ms: latency, last_error: last, reason } = part
  return (
    <li data-health={status}>
      <b>{name}</b>
      <span className="health-state">{statusNames[status]}</span>
      <small>
        {part.configured === false ? 'Not in use' : latency !== undefined && `Took ${formatMs(latency)}`}
        {typeof reason === 'string' && <span className="health-reason">{reason}</span>}
        {last && (
          <span title={formatMoment(last.at)}>
            Last error: {last.class}, {formatAgo(last.at)}
          </span>
        )}
      </small>
    </li>
  )
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

function formatUptime(seconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length)
    if (count > 0) return `${count} ${unit}${count === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}
