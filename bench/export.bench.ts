// How much memory does an export of many tasks take, and how fast is it?
import { migrate } from '../server/adapters/database-migration.ts'
import { fill } from './fill.ts'
import { report, round, say } from './figures.ts'
import { cpuUs, cpuWithChildrenUs, memoryOf } from './process-cost.ts'
import { startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000)
const format = process.env.BENCH_FORMAT ?? 'csv'
const everyMs = 50

interface Ended {
  status: string
  started_at: string
  completed_at: string | null
  file_size: number
  rows: number
}

await onWholeMachine(async stage => {
  say(`filling ${rows} tasks`)
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire', rows)
  const ours = await startOurs(stage)
  const headers = { authorization: `Bearer ${ours.token}`, 'content-type': 'application/json' }
  const begin = async (filters: object) => {
    const body = JSON.stringify({ type: 'tasks', format, filters })
    const response = await fetch(`${ours.url}/api/v1/export/data`, { method: 'POST', headers, body })
    const { data } = (await response.json()) as { data: { id: number } }
    return data.id
  }
  /** The highest memory until the export has ended, and how it ended. */
  const ends = async (id: number) => {
    let highest = 0
    for (;;) {
      highest = Math.max(highest, memoryOf(ours.pid).rss_mb)
      const [job] = await stage.query<Ended>(
        'taskwire',
        'select j.status, j.started_at, j.completed_at, e.file_size, e.rows from jobs j join exports e on e.job_id = j.id where j.id = $1',
        [id],
      )
      if (job!.completed_at !== null) return { highest, job: job! }
      await new Promise(resolve => setTimeout(resolve, everyMs))
    }
  }

  say('exporting one project, so that all code is loaded and compiled')
  await ends(await begin({ project: 'bench', search: 'a' }))
  const before = memoryOf(ours.pid).rss_mb
  const cpu = [cpuUs(ours.pid), cpuWithChildrenUs(stage.postgresPid)] as const
  say(`exporting all as ${format}`)
  const { highest, job } = await ends(await begin({}))
  if (job.status !== 'completed' || Number(job.rows) !== rows) throw new Error(JSON.stringify(job))
  const seconds = (+new Date(job.completed_at!) - +new Date(job.started_at)) / 1000

  report('export', {
    rows,
    format,
    file_mb: round(job.file_size / 1024 / 1024),
    seconds: round(seconds, 1),
    rows_per_second: round(rows / seconds),
    app_us: round((cpuUs(ours.pid) - cpu[0]) / rows),
    postgres_us: round((cpuWithChildrenUs(stage.postgresPid) - cpu[1]) / rows),
    rss_before_mb: before,
    rss_highest_mb: highest,
    rss_growth_mb: round(highest - before),
    targets: { rss_growth_mb: 100 },
  })
})
