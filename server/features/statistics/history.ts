import {
  type Input,
  limits,
  type Resolution,
  type StatisticsHistory,
  type StatisticsPoint,
  type statistics,
} from '../../../contract/index.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Connection } from '../../ports/database.ts'
import { readMinutes, readPeriods } from './statistics.queries.ts'

const dayMs = 24 * 3600_000
const widths: Record<Resolution, number> = { minute: 60_000, hour: 3600_000, day: dayMs }
/** What is given when nobody says from when. */
const usual: Record<Resolution, number> = { minute: 3600_000, hour: 7 * dayMs, day: 90 * dayMs }
/** How long samples and hours are kept. Days stay: they are one row each. */
export const keptDays = { samples: 30, hours: 400 }
const reach: Record<Resolution, number> = {
  minute: keptDays.samples * dayMs,
  hour: keptDays.hours * dayMs,
  day: Infinity,
}
const resolutions = Object.keys(widths) as Resolution[]

type Asked = Input<typeof statistics.operations.history>
type Span = Omit<StatisticsHistory, 'results'>

/**
 * The time and the resolution that are meant.
 *
 * @throws AppError validation_error that names the field
 */
export function spanOf(asked: Asked, now = Date.now()): Span {
  const to = asked.to === undefined ? now : Date.parse(asked.to)
  const from = asked.from === undefined ? to - usual[asked.resolution ?? 'minute'] : Date.parse(asked.from)
  if (from > to) throw invalid({ from: 'must not be after the end' })
  const pointsOf = (resolution: Resolution) => Math.floor((to - from) / widths[resolution]) + 1
  const fits = (resolution: Resolution) => pointsOf(resolution) <= limits.statisticsPoints
  const resolution =
    asked.resolution ??
    resolutions.find(one => fits(one) && from >= now - reach[one]) ??
    resolutions.find(fits) ??
    'day'
  if (!fits(resolution)) {
    const most = `at most ${limits.statisticsPoints} points are given`
    throw invalid({ from: `${pointsOf(resolution)} points with resolution ${resolution}; ${most}` })
  }
  return { resolution, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

export async function readHistory(db: Connection, { resolution, from, to }: Span): Promise<StatisticsPoint[]> {
  const points = resolution === 'minute' ? await readMinutes(db, from, to) : await readPeriods(db, resolution, from, to)
  return points.map(point => ({ ...point, failed_probes: [...new Set(point.failed_probes)] }))
}
