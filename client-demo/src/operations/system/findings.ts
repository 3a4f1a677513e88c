import type { QuantityName, StatisticsPoint } from '../../../../sdk/index.ts'
import { formatCount, formatSize } from '../../lib/format.ts'
import { formatMs } from './quantities.ts'

interface Sign {
  quantity: QuantityName
  isOff: (value: number, point: StatisticsPoint) => boolean
  say: (value: number) => string
}

const above = (limit: number) => (value: number) => value > limit

/** What slows a server down, and how that shows in its numbers; the nearest cause first. */
const signs: readonly Sign[] = [
  {
    quantity: 'cpu_percent',
    isOff: above(85),
    say: value => `The processor is busy: ${Math.round(value)} % of a core. More instances would share the work.`,
  },
  {
    quantity: 'event_loop_delay_p99_ms',
    isOff: above(100),
    say: value => `Ready work waits up to ${formatMs(value)}: something computes for too long at a time.`,
  },
  {
    quantity: 'query_p99_ms',
    isOff: above(250),
    say: value => `The database is slow: statements take up to ${formatMs(value)}.`,
  },
  {
    quantity: 'request_p99_ms',
    isOff: above(1_000),
    say: value => `Requests take up to ${formatMs(value)}; the table below says which.`,
  },
  {
    quantity: 'errors_per_second',
    isOff: (value, { requests_per_second: all }) => value > 0.01 * Math.max(all ?? 0, 1),
    say: value => `Requests fail on our side: about ${formatCount(Math.ceil(value * 60))} a minute.`,
  },
  {
    quantity: 'event_lag_p99_ms',
    isOff: above(1_000),
    say: value => `Changes reach people late: up to ${formatMs(value)} after they were made.`,
  },
  {
    quantity: 'outbox_commands',
    isOff: above(100),
    say: value => `${formatCount(value)} changes wait for their place in the event log.`,
  },
  {
    quantity: 'jobs_queued',
    isOff: above(100),
    say: value => `${formatCount(value)} jobs wait for their turn.`,
  },
  {
    quantity: 'disk_free_bytes',
    isOff: value => value < 1_000_000_000,
    say: value => `The disk for files is nearly full: ${formatSize(value)} are free.`,
  },
]

interface Rise {
  quantity: QuantityName
  /** Below this it is good, however much it has risen. */
  least: number
  times: number
  say: (value: number, before: string) => string
}

/** What is not bad by itself, and is much more than it was. */
const rises: readonly Rise[] = [
  {
    quantity: 'requests_per_second',
    least: 50,
    times: 5,
    say: (value, before) =>
      `${formatCount(Math.round(value))} requests come a second, ${before}; the table below says where.`,
  },
  {
    quantity: 'query_p99_ms',
    least: 50,
    times: 3,
    say: (value, before) => `The database slows down: statements take up to ${formatMs(value)}, ${before}.`,
  },
  {
    quantity: 'request_p99_ms',
    least: 200,
    times: 3,
    say: (value, before) =>
      `Requests slow down: they take up to ${formatMs(value)}, ${before}; the table below says which.`,
  },
]

/** With fewer points nobody knows what is usual. */
const leastPoints = 5

function risesIn(newest: StatisticsPoint, earlier: readonly StatisticsPoint[], known: ReadonlySet<QuantityName>) {
  return rises.flatMap(({ quantity, least, times, say }) => {
    const value = newest[quantity]
    const before = earlier.map(point => point[quantity]).filter(one => one !== null)
    if (value === null || value < least || known.has(quantity) || before.length < leastPoints) return []
    const usual = before.toSorted((a, b) => a - b)[before.length >> 1]!
    if (value < usual * times) return []
    return [say(value, usual > 0 ? `${formatCount(Math.round(value / usual))} times as much as usual` : 'usually none')]
  })
}

/**
 * What a person would be told who asks why it is slow; nothing, when nothing stands out.
 *
 * @param points the numbers over time, the newest last
 */
export function findingsIn(points: readonly StatisticsPoint[]): string[] {
  const newest = points.at(-1)
  if (!newest) return []
  const off = signs.filter(({ quantity, isOff }) => newest[quantity] !== null && isOff(newest[quantity], newest))
  return [
    ...off.map(({ quantity, say }) => say(newest[quantity]!)),
    ...risesIn(newest, points.slice(0, -1), new Set(off.map(({ quantity }) => quantity))),
  ]
}
