// How fast are tasks imported, and how does that affect other users?
import { migrate } from '../server/adapters/database-migration.ts'
import { fill } from './fill.ts'
import { type LoadResult, load } from './load.ts'
import { percentile, report, round, say } from './figures.ts'
import { cpuUs, cpuWithChildrenUs, memoryOf } from './process-cost.ts'
import { startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const rows = Number(process.env.BENCH_ROWS ?? 100_000)
const quietSeconds = 15
/**
 * Some people at work, who send 80 reads per second in total. The delay that they see is measured, not the capacity of
 * the server.
 */
const connections = Number(process.env.BENCH_READERS ?? 2)
const pauseMs = Number(process.env.BENCH_PAUSE_MS ?? 20)

await onWholeMachine(async stage => {
  say('filling 100,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  const ours = await startOurs(stage)
  const next = () => ({ method: 'GET', path: '/tasks?project=bench&page_size=20&cursor=' })
  const read = (seconds: number): Promise<LoadResult> => load({ ...ours, connections, seconds, pauseMs, next })

  await read(2)
  say('reading while nothing else happens')
  const quiet = await read(quietSeconds)
  const before = memoryOf(ours.pid)

  say(`importing ${rows} rows`)
  const cpu = [cpuUs(ours.pid), cpuWithChildrenUs(stage.postgresPid)] as const
  const began = performance.now()
  const id = await send(ours.url, ours.token, file())
  const latencies: number[] = []
  let highest = before.rss_mb
  let job: { status: string; started_at: string; completed_at: string; processed_items: number }
  do {
    latencies.push(...(await read(1)).latencies)
    highest = Math.max(highest, memoryOf(ours.pid).rss_mb)
    ;[job] = (await stage.query<typeof job>('taskwire', 'select * from jobs where id = $1', [id])) as [typeof job]
  } while (job.completed_at === null)
  if (job.status !== 'completed' || job.processed_items !== rows) throw new Error(JSON.stringify(job))
  const seconds = (+new Date(job.completed_at) - +new Date(job.started_at)) / 1000
  const [app, postgres] = [cpuUs(ours.pid) - cpu[0], cpuWithChildrenUs(stage.postgresPid) - cpu[1]]
  const p99 = { quiet: percentile(quiet.latencies, 99), during: percentile(latencies, 99) }

  report('import', {
    rows,
    reads_per_s: round(latencies.length / seconds),
    seconds: round(seconds, 1),
    rows_per_second: round(rows / seconds),
    with_upload_seconds: round((performance.now() - began) / 1000, 1),
    app_us: round(app / rows),
    postgres_us: round(postgres / rows),
    rest_p99_quiet_ms: round(p99.quiet, 1),
    rest_p99_during_ms: round(p99.during, 1),
    ratio: round(p99.during / p99.quiet, 1),
    rss_before_mb: before.rss_mb,
    rss_highest_mb: highest,
    targets: { rows_per_second: 5_000, ratio: 3 },
  })
})

function file(): Blob {
  const lines = Array.from(
    { length: rows },
    (_, nth) =>
      `"Imported ${nth}","What there is to say of it, in a line or two of text",todo,high,import,2026-12-01,\n`,
  )
  return new Blob(['title,description,status,priority,category,due_date,assignee\n', ...lines])
}

async function send(url: string, token: string, content: Blob): Promise<number> {
  const form = new FormData()
  form.append('project', 'bench')
  form.append('file', content, 'tasks.csv')
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/api/v1/import/tasks`, { method: 'POST', body: form, headers })
  const { data } = (await response.json()) as { data: { id: number } }
  return data.id
}
