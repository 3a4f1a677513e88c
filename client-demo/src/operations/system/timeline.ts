import type { ProbeName, Resolution, StatisticsHistory, StatisticsPoint } from '../../../../sdk/index.ts'

const widthsMs: Record<Resolution, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** One place of the time axis. Nothing was sampled there when it has no point. */
export interface Slot {
  atMs: number
  point: StatisticsPoint | null
}

/** Every minute (hour, day) of the history, with those of which nothing is known: a chart must show them as gaps. */
export function timelineOf({ resolution, from, to, results }: StatisticsHistory): readonly Slot[] {
  const width = widthsMs[resolution]
  const known = new Map(results.map(point => [Date.parse(point.at), point]))
  const first = Math.ceil(Date.parse(from) / width) * width
  const last = Math.floor(Date.parse(to) / width) * width
  const slots: Slot[] = []
  for (let atMs = first; atMs <= last; atMs += width) slots.push({ atMs, point: known.get(atMs) ?? null })
  // The present one may be sampled in a moment; that is no gap.
  return slots.at(-1)?.point === null ? slots.slice(0, -1) : slots
}

/** The newest numbers that there are. */
export const newestIn = (slots: readonly Slot[]): StatisticsPoint | null =>
  slots.findLast(({ point }) => point !== null)?.point ?? null

/** Nobody knows the value there: there was no sample, or the part did not answer. */
export const isUnknown = ({ point }: Slot, probe: ProbeName) => point === null || point.failed_probes.includes(probe)

/** From and up to which place something holds, both inclusive. */
export interface Run {
  first: number
  last: number
}

/** Where it holds, as stretches. */
export function runsOf(holds: readonly boolean[]): Run[] {
  const runs: Run[] = []
  for (const [at, is] of holds.entries()) {
    const run = runs.at(-1)
    if (is && run?.last === at - 1) run.last = at
    else if (is) runs.push({ first: at, last: at })
  }
  return runs
}

const steps = [1, 2, 5, 10]

/** The end of an axis that begins at 0 and has room for the value: 1, 2 or 5 times a power of ten. */
export function axisEnd(most: number): number {
  if (!(most > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return power * (steps.find(step => step * power >= most * 0.999_999) ?? 10)
}
