import { useCallback, useState } from 'react'
import type { Resolution, StatisticsHistory } from '../../../../sdk/index.ts'
import { addressFilters, oneOf } from '../../filters/address-filters.ts'
import { useFilters } from '../../filters/use-filters.ts'
import { nowMs } from '../../lib/client.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePolled } from '../../live/use-polled.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Chart } from './chart.tsx'
import { findingsIn } from './findings.ts'
import { HistoryTable } from './history-table.tsx'
import { chartKinds } from './quantities.ts'
import { newestIn, timelineOf, type Slot } from './timeline.ts'
import '../../styles/charts.css'

const hourMs = 3_600_000
const spans = {
  hour: { name: 'Last hour', lengthMs: hourMs, resolution: 'minute' },
  day: { name: 'Last day', lengthMs: 24 * hourMs, resolution: 'hour' },
  week: { name: 'Last week', lengthMs: 7 * 24 * hourMs, resolution: 'hour' },
} as const satisfies Record<string, { name: string; lengthMs: number; resolution: Resolution }>
type SpanName = keyof typeof spans
const spanNames = Object.keys(spans) as SpanName[]
const spanFilter = addressFilters({ span: oneOf('span', spanNames, '') })

/** A minute is sampled within seconds of its beginning. */
const everyMs = 15_000

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const dayAndTime = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' })
const none: readonly Slot[] = []

/** How the system did, and what stands out of it now. */
export function History() {
  const { client } = usePage()
  const [{ span: chosen }, change] = useFilters(spanFilter, '/operations/system')
  const span = chosen || 'hour'
  const read = useCallback(
    async (signal: AbortSignal) => {
      const { lengthMs, resolution } = spans[span]
      const from = new Date(nowMs() - lengthMs).toISOString()
      return { span, history: await client.statistics.history({ from, resolution }, { signal }) }
    },
    [client, span],
  )
  const { value, error } = usePolled(read, everyMs)
  const isOther = value?.span !== span
  return (
    <section className="panel" aria-labelledby="system-history" aria-busy={isOther}>
      <header className="system-head">
        <h2 id="system-history">Over time</h2>
        <div className="segments" role="radiogroup" aria-labelledby="system-history">
          {spanNames.map(name => (
            <label key={name}>
              <input
                type="radio"
                name="span"
                checked={name === span}
                onChange={() => change({ span: name === 'hour' ? '' : name })}
              />
              <span>{spans[name].name}</span>
            </label>
          ))}
        </div>
      </header>
      <ErrorNotice>{error}</ErrorNotice>
      {value?.history.results.length === 0 ? (
        <p className="hint">The first minute is being sampled. The charts begin in a moment.</p>
      ) : (
        <Charts history={value?.history ?? null} span={value?.span ?? span} />
      )}
    </section>
  )
}

function Charts({ history, span }: { history: StatisticsHistory | null; span: SpanName }) {
  const [pointed, setPointed] = useState<number | null>(null)
  const slots = history ? timelineOf(history) : none
  const newest = newestIn(slots)
  const findings = findingsIn(slots.flatMap(({ point }) => point ?? []))
  const formatTime = (atMs: number) => (span === 'week' ? dayAndTime : time).format(atMs)
  const within = pointed !== null && pointed < slots.length ? pointed : null
  return (
    <>
      {findings.length > 0 ? (
        <ul className="findings" aria-label="What stands out">
          {findings.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      ) : (
        <p className="findings is-none">
          {newest ? `Nothing stands out at ${formatTime(Date.parse(newest.at))}.` : '\u00a0'}
        </p>
      )}
      <div className="charts">
        {chartKinds.map(kind => (
          <Chart
            key={kind.name}
            kind={kind}
            slots={slots}
            pointed={within}
            onPoint={setPointed}
            formatTime={formatTime}
          />
        ))}
      </div>
      <p className="hint">Grey means that nothing was sampled: the server was not running, or a part did not answer.</p>
      <HistoryTable slots={slots} formatTime={formatTime} />
    </>
  )
}
