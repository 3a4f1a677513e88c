// How fast is a backup made and put back, how much memory does that take, and what do other users notice?
import { migrate } from '../server/adapters/database-migration.ts'
import { fill } from './fill.ts'
import { percentile, report, round, say } from './figures.ts'
import { load } from './load.ts'
import { memoryOf } from './process-cost.ts'
import { startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000)
const pauseMs = 20

interface Job {
  status: string
  error: string | null
  started_at: string
  completed_at: string | null
}

await onWholeMachine(async stage => {
  say(`filling ${rows} tasks`)
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire', rows)
  const ours = await startOurs(stage)
  await stage.query('taskwire', `update users set role = 'admin' where username like 'bench-%'`)
  const reading = { ...ours, connections: 2, pauseMs, next: () => ({ method: 'GET', path: '/tasks/1000' }) }
  const call = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${ours.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ours.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { data: T }
    if (!response.ok) throw new Error(JSON.stringify(answer))
    return answer.data
  }
  const query = async <T extends object>(text: string, values?: unknown[]) =>
    (await stage.query<T>('taskwire', text, values))[0]!

  /** Waits for a job and watches the memory of the server. */
  async function ended(id: number) {
    let highest = 0
    const latencies: number[] = []
    for (;;) {
      latencies.push(...(await load({ ...reading, seconds: 1 })).latencies)
      highest = Math.max(highest, memoryOf(ours.pid).rss_mb)
      const job = await query<Job>('select * from jobs where id = $1', [id])
      if (job.completed_at === null) continue
      if (job.status !== 'completed') throw new Error(JSON.stringify(job))
      return { seconds: (+new Date(job.completed_at) - +new Date(job.started_at)) / 1000, highest, latencies }
    }
  }

  const quiet = await load({ ...reading, seconds: 5 })
  const before = memoryOf(ours.pid)
  say('making a backup')
  const { job_id, id } = await call<{ job_id: number; id: number }>('/backup/create', { type: 'database' })
  const made = await ended(job_id)
  const { size } = await query<{ size: number }>('select size::float8 from backups')

  say('putting it back')
  const { confirmation_token } = await call<{ confirmation_token: string }>('/backup/restore', { backup_id: id })
  const restore = await call<{ id: number }>('/backup/restore', { backup_id: id, confirmation_token })
  let lockedMs = 0
  const watch = setInterval(async () => {
    const began = performance.now()
    const { status } = await fetch(`${ours.url}/api/v1/tasks/1000`, {
      headers: { authorization: `Bearer ${ours.token}` },
    })
    if (status === 503) lockedMs += Math.max(100, performance.now() - began)
  }, 100)
  let restored: Job
  do {
    await new Promise(resolve => setTimeout(resolve, 500))
    restored = await query<Job>('select * from jobs where id = $1', [restore.id])
  } while (restored.completed_at === null)
  clearInterval(watch)
  if (restored.status !== 'completed') throw new Error(JSON.stringify(restored))
  const { count } = await query<{ count: number }>('select count(*)::int as count from tasks')
  if (count !== rows) throw new Error(`${count} tasks came back`)

  report('backup', {
    rows,
    rows_per_second: round(rows / made.seconds),
    seconds: round(made.seconds, 1),
    size_mb: round(size / 1024 / 1024, 1),
    rss_before_mb: before.rss_mb,
    rss_highest_mb: made.highest,
    read_p99_quiet_ms: round(percentile(quiet.latencies, 99), 1),
    read_p99_during_ms: round(percentile(made.latencies, 99), 1),
    restore_seconds: round((+new Date(restored.completed_at!) - +new Date(restored.started_at)) / 1000, 1),
    refused_seconds: round(lockedMs / 1000, 1),
    rss_after_restore_mb: memoryOf(ours.pid).rss_mb,
    targets: { rows_per_second: 50_000, rss_growth_mb: 100 },
  })
})
