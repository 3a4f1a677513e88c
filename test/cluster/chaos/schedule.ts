import type { Random } from '../../fuzz/random.ts'
import { type FaultKind, faultKinds, isDeadly, simpleKinds } from './faults.ts'

/** Faults that happen together, their duration, and the quiet after they are repaired. */
export interface Step {
  kinds: FaultKind[]
  lastsMs: number
  quietMs: number
}

/**
 * Mostly one fault at a time, because only then its time to heal is known; now and then two.
 *
 * @param alive no instance ends, so that it shows whether one grows
 */
export function* randomSchedule(random: Random, { alive }: { alive: boolean }): Generator<Step> {
  const [all, some] = [faultKinds, simpleKinds].map(kinds => kinds.filter(kind => !alive || !isDeadly(kind)))
  for (;;) {
    const kinds = random.chance(0.75) ? [random.pick(all!)] : [...new Set([random.pick(some!), random.pick(some!)])]
    yield { kinds, lastsMs: 500 + random.below(8_500), quietMs: 200 + random.below(2_000) }
  }
}

const step = (lastsMs: number, ...kinds: FaultKind[]): Step => ({ kinds, lastsMs, quietMs: 300 })

/** For every run of the tests: each kind of fault with a duration once, within a minute. */
export const fixedSchedule: Step[] = [
  step(0, 'redis listeners cut off'),
  step(2_000, 'redis killed'),
  step(3_500, 'sequencer frozen'),
  step(0, 'postgres crashed'),
  step(1_000, 'sequencer killed'),
  step(2_000, 'redis frozen', 'connection silent'),
  step(0, 'connections cut'),
  step(2_000, 'postgres frozen'),
  step(0, 'instance restarted'),
]
