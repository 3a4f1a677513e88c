// Does a request with an API key cost more than one with a token, while a million rows of usage are kept?
import { migrate } from '../server/adapters/database-migration.ts'
import { series } from './calls.ts'
import { fill } from './fill.ts'
import { median, percentile, report, round, say } from './figures.ts'
import { load, send } from './load.ts'
import { isPinned } from './pinning.ts'
import { cpuUs, cpuWithChildrenUs } from './process-cost.ts'
import { startOurs } from './rest-stage.ts'
import { log, withStage } from './stage.ts'

const connections = 16
const rounds = Number(process.env.BENCH_ROUNDS ?? 9)
const usageRows = Number(process.env.BENCH_ROWS ?? 1_000_000)
const [warmSeconds, seconds] = [1, 3]
const target = 0.95

await withStage(async stage => {
  say('filling 100,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  const server = await startOurs(stage)
  const wanted = { name: 'bench', permissions: ['tasks:read'] }
  const call = { method: 'POST', path: '/api-keys', body: JSON.stringify(wanted) }
  const { id, key } = JSON.parse(await send(server.url, server.token, call))
  say(`filling ${usageRows} rows of usage`)
  await stage.query(
    'taskwire',
    `insert into api_key_usage (key_id, day, method, path, status, calls)
     select $1, date_trunc('day', now(), 'UTC') - make_interval(days => n % 90), 'GET', '/path/' || n / 90, 200, 1
     from generate_series(1, $2::int) n`,
    [id, usageRows],
  )
  await stage.query('taskwire', 'vacuum (analyze) api_key_usage')

  const nexts = { token: series.get(), key: series.get() }
  const ways = { token: server.token, key }
  type Way = keyof typeof ways
  const results: Record<Way, { rps: number; appUs: number; postgresUs: number; p99: number }[]> = { token: [], key: [] }
  const measure = async (way: Way) => {
    const options = { url: server.url, token: ways[way], connections, next: nexts[way] }
    await load({ ...options, seconds: warmSeconds })
    const before = [cpuUs(server.pid), cpuWithChildrenUs(stage.postgresPid)] as const
    const { done, latencies } = await load({ ...options, seconds })
    const appUs = (cpuUs(server.pid) - before[0]) / done
    const postgresUs = (cpuWithChildrenUs(stage.postgresPid) - before[1]) / done
    results[way].push({ rps: done / seconds, appUs, postgresUs, p99: percentile(latencies, 99) })
    say(`${way} ${round(done / seconds)}/s, ${round(appUs)} µs`)
  }
  for (let nth = 0; nth < rounds; nth++) {
    // The order within a round alternates.
    const order: Way[] = nth % 2 === 0 ? ['token', 'key'] : ['key', 'token']
    for (const way of order) await measure(way)
  }
  const of = (way: Way, figure: 'rps' | 'appUs' | 'postgresUs' | 'p99', digits = 0) =>
    round(median(results[way].map(one => one[figure])), digits)
  const ratios = results.key.map(({ rps }, nth) => rps / results.token[nth]!.rps)
  const cpuRatios = results.key.map(({ appUs }, nth) => appUs / results.token[nth]!.appUs)
  report('keys', {
    connections,
    rounds,
    pinned: isPinned,
    usage_rows: usageRows,
    token: { rps: of('token', 'rps'), app_us: of('token', 'appUs'), postgres_us: of('token', 'postgresUs') },
    key: { rps: of('key', 'rps'), app_us: of('key', 'appUs'), postgres_us: of('key', 'postgresUs') },
    p99_ms: { token: of('token', 'p99', 1), key: of('key', 'p99', 1) },
    ratio: round(median(ratios), 3),
    ratios: ratios.map(ratio => round(ratio, 2)),
    app_cpu_ratio: round(median(cpuRatios), 3),
    target,
  })
})
