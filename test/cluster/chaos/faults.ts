import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fuzz/random.ts'
import type { FaultProxy } from '../../support/fault-proxy.ts'
import type { Instance } from '../instance.ts'
import type { Stage } from '../stage.ts'

/** A fault and its repair. Its target is chosen before anything fails. */
export interface Fault {
  /** The target, in words. */
  what: string
  strike(): Promise<unknown> | unknown
  /** Absent when the fault ends by itself. */
  mend?(): Promise<unknown> | unknown
  /** The repair starts a process, which needs everything else. */
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

const anyProxy = ({ instances }: Stage, random: Random) => {
  const instance = random.pick(instances)
  const to = random.pick(['client', 'database', 'redis'] as const)
  return { proxy: instance.proxies[to], what: `${instance.name}-${to}` }
}
const onProxy =
  (strike: (proxy: FaultProxy, random: Random) => unknown, mend: (proxy: FaultProxy) => unknown): Aim =>
  (stage, random) => {
    const { proxy, what } = anyProxy(stage, random)
    return { what, strike: () => strike(proxy, random), mend: () => mend(proxy) }
  }

/** The faults that come alone or together with another. */
const simple = {
  'redis killed': ({ redis }) => ({ what: 'redis', strike: redis.kill, mend: redis.restart }),
  'redis frozen': ({ redis }) => ({ what: 'redis', strike: redis.freeze, mend: redis.thaw }),
  'instance killed': ({ instances }, random) => kill(random.pick(instances)),
  'instance frozen': ({ instances }, random) => freeze(random.pick(instances)),
  'sequencer killed': async stage => kill(await stage.sequencing()),
  'sequencer frozen': async stage => freeze(await stage.sequencing()),
  'postgres frozen': ({ postgres }) => ({ what: 'postgres', strike: postgres!.freeze, mend: postgres!.thaw }),
  'connection silent': onProxy(
    proxy => proxy.pause(),
    proxy => proxy.resume(),
  ),
  'connection refused': onProxy(
    proxy => proxy.refuse(),
    proxy => proxy.restore(),
  ),
  'connection late': onProxy(
    (proxy, random) => proxy.delay(20 + random.below(180)),
    proxy => proxy.delay(0),
  ),
  'connection narrow': onProxy(
    (proxy, random) => proxy.throttle(5_000 + random.below(40_000)),
    proxy => proxy.throttle(null),
  ),
  'connections cut': (stage, random) => {
    const chosen = Array.from({ length: 1 + random.below(4) }, () => anyProxy(stage, random))
    return { what: chosen.map(({ what }) => what).join(), strike: () => chosen.forEach(({ proxy }) => proxy.cut()) }
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
