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

/** What a person would be told who asks why it is slow, from the newest numbers; nothing, when nothing stands out. */
export const findingsIn = (point: StatisticsPoint): string[] =>
  signs.flatMap(({ quantity, isOff, say }) => {
    const value = point[quantity]
    return value !== null && isOff(value, point) ? [say(value)] : []
  })
