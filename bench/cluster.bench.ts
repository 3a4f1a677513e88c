// What does a second instance cost: processor time per delivery, delay between instances, writes with the event log, and
// commits when instances without Redis notify one another?
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { type Cluster, emptyDatabase, startBenchRedis, startInstances } from './cluster-stage.ts'
import { median, percentile, report, round, say } from './figures.ts'
import { listen } from './listener.ts'
import { load, send } from './load.ts'
import { notifyCost } from './notify-cost.ts'
import { cpuUs } from './process-cost.ts'
import { type Stage, withStage } from './stage.ts'

const task = (title: string) => ({ method: 'POST', path: '/tasks', body: JSON.stringify({ title }) })

/** Writes at a constant rate, to the instances in turn. */
async function write(cluster: Cluster, perSecond: number, count: number, sent: (nth: number) => void = () => {}) {
  const began = performance.now()
  const writes: Promise<unknown>[] = []
  for (let nth = 0; nth < count; nth++) {
    await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    const { url } = cluster.instances[nth % cluster.instances.length]!
    writes.push(send(url, cluster.token, task(String(nth))).then(() => sent(nth)))
  }
  await Promise.all(writes)
}

const clients = 1_000
/** The first events let the compiler optimise; of two processes each sees only half of them. */
const [paceForCpu, warmEvents, eventsForCpu] = [20, 100, 300]

/** CPU time of all instances per event and client, in microseconds. */
async function cpuPerDelivery(stage: Stage, count: number, redisUrl: string | null): Promise<number> {
  const cluster = await startInstances(stage, count, redisUrl)
  let delivered = 0
  const listeners = Array.from({ length: clients }, (_, nth) =>
    listen(cluster.instances[nth % count]!.url, cluster.token, () => delivered++),
  )
  await Promise.all(listeners.map(({ joined }) => joined))
  await write(cluster, paceForCpu, warmEvents)
  await sleep(1_000)
  const cpu = () => cluster.instances.reduce((sum, { pid }) => sum + cpuUs(pid), 0)
  delivered = 0
  const before = cpu()
  await write(cluster, paceForCpu, eventsForCpu)
  while (delivered < clients * eventsForCpu) await sleep(20)
  const used = cpu() - before
  for (const one of listeners) one.close()
  await cluster.stop()
  return used / delivered
}

/** The delay from the answer to a write on one instance to its event at a client of another one. */
async function delays(cluster: Cluster, count: number) {
  const [writer, reader] = cluster.instances as [Cluster['instances'][0], Cluster['instances'][0]]
  const [answered, received]: number[][] = [[], []]
  const socket = io(reader.url, { auth: { token: cluster.token }, transports: ['websocket'], forceNew: true })
  socket.on('task_created', ({ task: { title } }: { task: { title: string } }) => {
    received![Number(title)] = performance.now()
  })
  await once(socket as never, 'connect')
  await socket.emitWithAck('join_room', { room: 'tasks' })
  const toOne = { ...cluster, instances: [writer] }
  await write(toOne, 50, count, nth => (answered![nth] = performance.now()))
  while (Object.keys(received!).length < count) await sleep(20)
  socket.disconnect()
  const times = answered!.map((at, nth) => received![nth]! - at).slice(50)
  return {
    p50_ms: round(median(times), 1),
    p99_ms: round(percentile(times, 99), 1),
    max_ms: round(Math.max(...times), 1),
  }
}

/**
 * Writes with 32 clients to two instances, alternately with the event log and with a trigger that drops outbox rows.
 */
async function writesWithLog(stage: Stage, cluster: Cluster, rounds: number) {
  const rates = { with: [] as number[], without: [] as number[] }
  const set = (how: 'enable' | 'disable') => stage.query('taskwire', `alter table outbox ${how} trigger swallow`)
  await stage.query(
    'taskwire',
    `create function swallow() returns trigger language plpgsql as 'begin return null; end'`,
  )
  await stage.query(
    'taskwire',
    'create trigger swallow before insert on outbox for each row execute function swallow()',
  )
  for (let nth = 0; nth <= rounds; nth++) {
    for (const kind of ['with', 'without'] as const) {
      await set(kind === 'with' ? 'disable' : 'enable')
      const halves = await Promise.all(
        cluster.instances.map(({ url }) =>
          load({ url, token: cluster.token, connections: 16, seconds: 3, next: () => task('written') }),
        ),
      )
      while ((await stage.query('taskwire', 'select from outbox limit 1')).length > 0) await sleep(10)
      // The first round is a warm-up.
      if (nth > 0) rates[kind].push(halves.reduce((sum, { done, seconds }) => sum + done / seconds, 0))
    }
  }
  await stage.query('taskwire', 'drop function swallow() cascade')
  const ratios = rates.with.map((rate, nth) => round(rate / rates.without[nth]!, 2))
  return { with_log: round(median(rates.with)), without: round(median(rates.without)), ratio: median(ratios), ratios }
}

await withStage(async stage => {
  await emptyDatabase(stage)
  const redis = await startBenchRedis()
  try {
    say('processor time per delivery')
    const us = { memory: [] as number[], redis_1: [] as number[], redis_2: [] as number[] }
    for (let nth = 0; nth < 2; nth++) {
      us.memory.push(await cpuPerDelivery(stage, 1, null))
      us.redis_1.push(await cpuPerDelivery(stage, 1, redis.url))
      us.redis_2.push(await cpuPerDelivery(stage, 2, redis.url))
    }
    const [memory, one, two] = [us.memory, us.redis_1, us.redis_2].map(values => median(values)) as [
      number,
      number,
      number,
    ]
    report('cluster', {
      question: 'server CPU per delivery',
      clients,
      memory_us: round(memory, 1),
      redis_1_us: round(one, 1),
      redis_2_us: round(two, 1),
      ratio_1: round(one / memory, 2),
      ratio_2: round(two / memory, 2),
      target: { ratio_2: 1.25 },
    })

    const cluster = await startInstances(stage, 2, redis.url)
    say('writes with and without the event log')
    const writes = await writesWithLog(stage, cluster, 4)
    report('cluster', { question: '32 writers over two instances', ...writes, target: { ratio: 0.6 } })
    say('delay from one instance to the other')
    const withRedis = await delays(cluster, 50 * 15)
    await redis.stop()
    const redisDown = await delays(cluster, 50 * 10)
    await cluster.stop()
    const plain = await startInstances(stage, 2, null)
    const withoutRedis = await delays(plain, 50 * 15)
    await plain.stop()
    report('cluster', {
      question: 'answered on one instance to received on another',
      with_redis: withRedis,
      redis_down: redisDown,
      without_redis: withoutRedis,
      target: { p50_ms: 5, p99_ms: 25, redis_down_max_ms: 1_000 },
    })
    say('commits with and without NOTIFY')
    for (const count of [1, 2] as const)
      report('cluster', {
        question: 'commits while instances without Redis notify one another',
        ...(await notifyCost(stage, count, 60)),
        ...(count === 1 && { target: { ratio: 1.05 } }),
      })
  } finally {
    await redis.stop().catch(() => {})
  }
})
