import type { ProbeName, QuantityName } from '../../../../sdk/index.ts'
import { formatSize } from '../../lib/format.ts'

const digits = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })

/** With as many digits as a glance takes in. */
const formatRough = (value: number) => digits.format(value >= 1_000 ? Math.round(value) : value)
export const formatMs = (ms: number) => (ms >= 1_000 ? `${formatRough(ms / 1_000)} s` : `${formatRough(ms)} ms`)
const formatPercent = (value: number) => `${formatRough(value)} %`

export interface ChartLine {
  quantity: QuantityName
  /** What it is called beside the other line of the same chart. */
  name: string
}

export interface ChartKind {
  name: string
  hint: string
  lines: readonly [ChartLine, ...ChartLine[]]
  /** Who is asked for it. */
  probe: ProbeName
  format: (value: number) => string
}

const one = (quantity: QuantityName, name: string): [ChartLine] => [{ quantity, name }]
const process = { probe: 'process', format: formatRough } as const

/** What is drawn, in the order in which one looks for the cause of slowness: from what people feel to what lies below. */
export const chartKinds: readonly ChartKind[] = [
  {
    ...process,
    name: 'Latency',
    hint: 'p50: half of the requests were faster; p99: 99 of 100',
    lines: [
      { quantity: 'request_p99_ms', name: 'p99' },
      { quantity: 'request_p50_ms', name: 'p50' },
    ],
    format: formatMs,
  },
  { ...process, name: 'Requests', hint: 'a second', lines: one('requests_per_second', 'Requests') },
  { ...process, name: 'Errors', hint: 'answers with 5xx a second', lines: one('errors_per_second', 'Errors') },
  {
    ...process,
    name: 'Event lag',
    hint: 'from a change to its delivery, p99',
    lines: one('event_lag_p99_ms', 'Event lag'),
    format: formatMs,
  },
  { ...process, name: 'Live connections', hint: 'open sockets', lines: one('sockets', 'Live connections') },
  {
    ...process,
    name: 'CPU',
    hint: 'of one core, mean of the instances',
    lines: one('cpu_percent', 'CPU'),
    format: formatPercent,
  },
  {
    ...process,
    name: 'Event loop delay',
    hint: 'how long ready work waits, p99',
    lines: one('event_loop_delay_p99_ms', 'Event loop delay'),
    format: formatMs,
  },
  { ...process, name: 'Memory', hint: 'of all instances', lines: one('memory_bytes', 'Memory'), format: formatSize },
  {
    ...process,
    name: 'Database',
    hint: 'duration of statements, p99',
    lines: one('query_p99_ms', 'Database'),
    format: formatMs,
  },
  {
    name: 'Waiting work',
    hint: 'jobs in the queue',
    lines: one('jobs_queued', 'Waiting work'),
    probe: 'jobs',
    format: formatRough,
  },
]
