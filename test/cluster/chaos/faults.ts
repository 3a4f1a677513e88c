import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fuzz/random.ts'
import type { FaultProxy } from '../../support/fault-proxy.ts'
import type { Instance } from '../instance.ts'
import type { Stage } from '../stage.ts'

/** Something that goes wrong and is mended. Whom it hits is settled before anything goes wrong. */
export interface Fault {
  /** Whom, for people. */
  what: string
  strike(): Promise<unknown> | unknown
  /** Nothing where it is over by itself. */
  mend?(): Promise<unknown> | unknown
  /** Mending starts a process, which needs everything else. */
  mendLast?: boolean
}

type Aim = (stage: Stage, random: Random) => Fault | Promise<Fault>

const kill = (instance: Instance): Fault => ({
  what: instance.name,
  strike: instance.kill,
  mend: instance.start,
  mendLast: true,
})
const freeze = (instance: Instance): Fault => ({ what: instance.name, strike: instance.freeze, mend: instance.thaw })

async function restart(instance: Instance) {
  const { code, ms } = await instance.stop()
  if (code !== 0) instance.faults.push(`${instance.name} ended with ${code} after ${ms} ms`)
  await instance.start()
}

const anyLine = ({ instances }: Stage, random: Random) => {
  const instance = random.pick(instances)
  const to = random.pick(['client', 'database', 'redis'] as const)
  return { line: instance.lines[to], what: `${instance.name}-${to}` }
}
const onLine =
  (strike: (line: FaultProxy, random: Random) => unknown, mend: (line: FaultProxy) => unknown): Aim =>
  (stage, random) => {
    const { line, what } = anyLine(stage, random)
    return { what, strike: () => strike(line, random), mend: () => mend(line) }
  }

/** Those that come alone or together with another. */
const simple = {
  'redis killed': ({ redis }) => ({ what: 'redis', strike: redis.kill, mend: redis.restart }),
  'redis frozen': ({ redis }) => ({ what: 'redis', strike: redis.freeze, mend: redis.thaw }),
  'instance killed': ({ instances }, random) => kill(random.pick(instances)),
  'instance frozen': ({ instances }, random) => freeze(random.pick(instances)),
  'sequencer killed': async stage => kill(await stage.sequencing()),
  'sequencer frozen': async stage => freeze(await stage.sequencing()),
  'postgres frozen': ({ postgres }) => ({ what: 'postgres', strike: postgres!.freeze, mend: postgres!.thaw }),
  'line silent': onLine(
    line => line.pause(),
    line => line.resume(),
  ),
  'line refused': onLine(
    line => line.refuse(),
    line => line.restore(),
  ),
  'line late': onLine(
    (line, random) => line.delay(20 + random.below(180)),
    line => line.delay(0),
  ),
  'line narrow': onLine(
    (line, random) => line.throttle(5_000 + random.below(40_000)),
    line => line.throttle(null),
  ),
  'lines cut': (stage, random) => {
    const chosen = Array.from({ length: 1 + random.below(4) }, () => anyLine(stage, random))
    return { what: chosen.map(({ what }) => what).join(), strike: () => chosen.forEach(({ line }) => line.cut()) }
  },
} satisfies Record<string, Aim>

export const faults = {
  ...simple,
  'redis listeners cut off': ({ redis }) => ({
    what: 'redis',
    strike: async () => {
      for (let times = 0; times < 3; times++, await sleep(150)) await redis.clientKill()
    },
  }),
  'instance restarted': ({ instances }, random) => {
    const instance = random.pick(instances)
    return { what: instance.name, strike: () => restart(instance) }
  },
  'rolling restart': ({ instances }) => ({
    what: 'all',
    strike: async () => {
      for (const instance of instances) await restart(instance)
    },
  }),
  'postgres crashed': (stage, random) => ({
    what: 'postgres',
    strike: () => stage.restartPostgres(random.below(1_500)),
  }),
} satisfies Record<string, Aim>

export type FaultKind = keyof typeof faults
export const faultKinds = Object.keys(faults) as FaultKind[]
export const simpleKinds = Object.keys(simple) as FaultKind[]

const deadly: readonly FaultKind[] = ['instance killed', 'sequencer killed', 'instance restarted', 'rolling restart']
export const isDeadly = (kind: FaultKind): boolean => deadly.includes(kind)
