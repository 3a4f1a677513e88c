// How many requests a second do one, two and three instances answer, and what does one cost them? Everything shares the
// cores of the machine: the instances, PostgreSQL, Redis and the load.
import { type CallName, series } from '../calls.ts'
import { emptyDatabase, startBenchRedis, startInstances } from '../cluster-stage.ts'
import { median, report, round, say } from '../figures.ts'
import { fill } from '../fill.ts'
import { load } from '../load.ts'
import { cpuUs } from '../process-cost.ts'
import { onWholeMachine, type Stage } from '../stage.ts'

const counts = [1, 2, 3]
const names: CallName[] = ['get', 'create']
const connections = 32
const [warmSeconds, seconds] = [1, Number(process.env.BENCH_SECONDS ?? 4)]
const rounds = 2

export interface InstancesPoint {
  call: string
  instances: number
  perSecond: number
  /** Microseconds of processor time a request, of all instances together. */
  us: number
}

async function measure(stage: Stage, redisUrl: string, instances: number): Promise<InstancesPoint[]> {
  const cluster = await startInstances(stage, instances, redisUrl)
  const cpu = () => cluster.instances.reduce((sum, { pid }) => sum + cpuUs(pid), 0)
  const run = async (next: ReturnType<(typeof series)['get']>, length: number) => {
    const before = cpu()
    const parts = await Promise.all(
      cluster.instances.map(({ url }, nth) => {
        const share = Math.floor(connections / instances) + (nth < connections % instances ? 1 : 0)
        return load({ url, token: cluster.token, connections: share, seconds: length, next })
      }),
    )
    const done = parts.reduce((sum, part) => sum + part.done, 0)
    return { perSecond: done / length, us: (cpu() - before) / done }
  }
  const points: InstancesPoint[] = []
  for (const call of names) {
    const next = series[call]()
    await run(next, warmSeconds)
    const { perSecond, us } = await run(next, seconds)
    points.push({ call, instances, perSecond, us })
    say(`${instances} instances, ${call}: ${round(perSecond)}/s, ${round(us)} µs`)
  }
  await cluster.stop()
  return points
}

await onWholeMachine(async stage => {
  await emptyDatabase(stage)
  say('filling 100,000 tasks')
  await fill(stage, 'taskwire')
  const redis = await startBenchRedis()
  try {
    const all: InstancesPoint[] = []
    // Upwards, then downwards, so that what changes with time favours none.
    for (let nth = 0; nth < rounds; nth++)
      for (const count of nth % 2 === 0 ? counts : counts.toReversed())
        all.push(...(await measure(stage, redis.url, count)))
    const points = names.flatMap(call =>
      counts.map(instances => {
        const same = all.filter(one => one.call === call && one.instances === instances)
        const middle = (of: 'perSecond' | 'us') => round(median(same.map(one => one[of])))
        return { call, instances, perSecond: middle('perSecond'), us: middle('us') }
      }),
    )
    report('curves/instances', { points })
  } finally {
    await redis.stop()
  }
})
