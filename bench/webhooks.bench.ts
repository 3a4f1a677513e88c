// How fast are events delivered to the webhook of a fast receiver, and how does that affect other users?
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { migrate } from '../server/adapters/database-migration.ts'
import type { ReceivedCount } from './fast-receiver.ts'
import { fill } from './fill.ts'
import { load, type LoadResult, send } from './load.ts'
import { percentile, report, round, say } from './figures.ts'
import { cpuUs } from './process-cost.ts'
import { startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const deliveries = Number(process.env.BENCH_DELIVERIES ?? 10_000)
const quietSeconds = 10
const orderedSeconds = 10
const patienceMs = 300_000
/** Some people at work, as in the bench `import`: the delay that they see is measured. */
const connections = Number(process.env.BENCH_READERS ?? 2)
const pauseMs = Number(process.env.BENCH_PAUSE_MS ?? 20)

await onWholeMachine(async stage => {
  say('filling 100,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  const ours = await startOurs(stage, [], { OUTBOUND_ALLOW_PRIVATE: 'true' })
  const next = () => ({ method: 'GET', path: '/tasks?project=bench&page_size=20&cursor=' })
  const read = (seconds: number): Promise<LoadResult> => load({ ...ours, connections, seconds, pauseMs, next })
  const post = async (path: string, body: object) =>
    JSON.parse(await send(ours.url, ours.token, { method: 'POST', path, body: JSON.stringify(body) }))
  const receiver = new Worker(new URL('./fast-receiver.ts', import.meta.url))
  const [port] = (await once(receiver, 'message')) as [number]
  const told = async (): Promise<ReceivedCount> => {
    receiver.postMessage('tell')
    return ((await once(receiver, 'message')) as [ReceivedCount])[0]
  }

  say(`changing ${deliveries} tasks`)
  const ids = await stage.query<{ id: string }>('taskwire', 'select id from tasks order by id limit $1', [deliveries])
  for (let from = 0; from < deliveries; from += 1_000) {
    const task_ids = ids.slice(from, from + 1_000).map(({ id }) => Number(id))
    await post('/tasks/bulk-update', { task_ids, updates: { category: 'bench' } })
  }
  await read(2)
  say('reading while nothing else happens')
  const quiet = await read(quietSeconds)

  const url = `http://127.0.0.1:${port}/`
  /** It was registered long ago, so to speak, and reads on at once because it is changed. */
  const begin = async (ordered: boolean) => {
    const { data } = await post('/webhooks/register', { url, events: ['task.updated'], ordered })
    await stage.query('taskwire', 'update webhook_places set position = 0 where webhook_id = $1', [data.id])
    const change = { method: 'PATCH', path: `/webhooks/${data.id}`, body: JSON.stringify({ description: 'bench' }) }
    await send(ours.url, ours.token, change)
  }
  say(`delivering ${deliveries} events`)
  const cpu = cpuUs(ours.pid)
  const began = Date.now()
  await begin(false)
  const latencies: number[] = []
  let now = await told()
  while (now.different < deliveries && Date.now() - began < patienceMs) {
    latencies.push(...(await read(1)).latencies)
    now = await told()
  }
  const seconds = (now.lastAt - began) / 1000
  const app = cpuUs(ours.pid) - cpu

  say('delivering them to an ordered webhook')
  await begin(true)
  await sleep(2_000)
  const [lineBegan, line] = [Date.now(), await told()]
  await sleep(orderedSeconds * 1_000)
  const ordered = (((await told()).received - line.received) / (Date.now() - lineBegan)) * 1_000
  receiver.postMessage('end')
  await sleep(0)
  const p99 = { quiet: percentile(quiet.latencies, 99), during: percentile(latencies, 99) }

  report('webhooks', {
    deliveries: now.different,
    repeated: now.received - now.different,
    seconds: round(seconds, 1),
    deliveries_per_second: round(now.different / seconds),
    ordered_per_second: round(ordered),
    app_us: round(app / now.different),
    rest_p99_quiet_ms: round(p99.quiet, 1),
    rest_p99_during_ms: round(p99.during, 1),
    ratio: round(p99.during / p99.quiet, 1),
    targets: { deliveries_per_second: 500, ordered_per_second: 100, ratio: 2 },
  })
})
