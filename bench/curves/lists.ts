// How long does one person wait for an answer, with more and more tasks, while nothing else happens?
import { migrate } from '../../server/adapters/database-migration.ts'
import { series } from '../calls.ts'
import { median, percentile, report, round, say } from '../figures.ts'
import { addTasks, fill } from '../fill.ts'
import { type Call, load } from '../load.ts'
import { startOurs } from '../rest-stage.ts'
import { log, onWholeMachine, type Stage } from '../stage.ts'
import { createRandom } from '../words.ts'

const sizes = [1_000, 10_000, 100_000, 1_000_000].filter(size => size <= Number(process.env.BENCH_ROWS ?? 1_000_000))
const [warmSeconds, seconds] = [1, Number(process.env.BENCH_SECONDS ?? 4)]

export interface ListPoint {
  call: string
  tasks: number
  p50Ms: number
  p99Ms: number
}

const callsOf = (tasks: number): Record<string, () => Call> => {
  const random = createRandom(2)
  return {
    'one task': () => ({ method: 'GET', path: `/tasks/${1 + random.int(tasks)}` }),
    'the newest 25 by cursor': () => ({ method: 'GET', path: '/tasks?cursor=&page_size=25' }),
    'the newest 25 with a count': () => ({ method: 'GET', path: '/tasks?page=1&page_size=25' }),
    'the newest 25, counted to 10,000': () => ({ method: 'GET', path: '/tasks?page=1&page_size=25&count_limit=10000' }),
    filters: withoutSearch(series.list()),
    'filters and a search': series.list(),
  }
}

const withoutSearch = (next: () => Call) => () => {
  const { path, ...call } = next()
  return { ...call, path: path.replace(/search=[^&]*&/, '') }
}

async function measureSize(stage: Stage, tasks: number): Promise<ListPoint[]> {
  const ours = await startOurs(stage)
  const points: ListPoint[] = []
  for (const [call, next] of Object.entries(callsOf(tasks))) {
    const options = { url: ours.url, token: ours.token, connections: 1, next }
    await load({ ...options, seconds: warmSeconds })
    const { latencies } = await load({ ...options, seconds })
    points.push({ call, tasks, p50Ms: round(median(latencies), 2), p99Ms: round(percentile(latencies, 99), 2) })
    say(`${tasks} tasks, ${call}: p50 ${points.at(-1)!.p50Ms} ms`)
  }
  await ours.stop()
  return points
}

await onWholeMachine(async stage => {
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  const random = createRandom(1)
  const points: ListPoint[] = []
  await fill(stage, 'taskwire', 0)
  let filled = 0
  for (const size of sizes) {
    say(`filling ${size} tasks`)
    await addTasks(stage, 'taskwire', size - filled, random)
    filled = size
    points.push(...(await measureSize(stage, size)))
  }
  report('curves/lists', { points })
})
