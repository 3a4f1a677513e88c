// How much of the speed of a bare server is left when the same requests are answered with accounts, rights, validation
// and events?
import { type CallName, series } from './calls.ts'
import { median, percentile, report, round, say } from './figures.ts'
import { load, send } from './load.ts'
import { isPinned } from './pinning.ts'
import { cpuUs, cpuWithChildrenUs } from './process-cost.ts'
import { type Contender, fillTwice, startBare, startOurs } from './rest-stage.ts'
import { type Stage, withStage } from './stage.ts'

const connections = 32
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const [warmSeconds, seconds] = [1, 3]
/** Reads first, because writes change what there is to read, and not by the same number of rows on both sides. */
const names = (process.env.BENCH_CALLS?.split(',') as CallName[] | undefined) ?? ['get', 'list', 'create', 'bulk']
const targets: Record<CallName, number> = { create: 0.85, get: 0.9, list: 0.9, bulk: 0.9 }
const loopTargetMs = 20

interface Round {
  rps: number
  p50: number
  p99: number
  refused: number
  appUs: number
  postgresUs: number
}

async function measure(stage: Stage, server: Contender, next: () => ReturnType<ReturnType<typeof series.get>>) {
  const options = { url: server.url, token: server.token, connections, next }
  await load({ ...options, seconds: warmSeconds })
  const before = [cpuUs(server.pid), cpuWithChildrenUs(stage.postgresPid)] as const
  const { done, refused, latencies } = await load({ ...options, seconds })
  // A server that writes events must have delivered them too before the writes count as done.
  await outboxIsEmpty(stage, server)
  return {
    rps: done / seconds,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    refused: refused / (done + refused),
    appUs: (cpuUs(server.pid) - before[0]) / done,
    postgresUs: (cpuWithChildrenUs(stage.postgresPid) - before[1]) / done,
  }
}

/** The p99 of the event loop's delay in the last ten seconds, in milliseconds, as the server measures it. */
async function loopDelayMs({ url }: Contender): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return 1_000 * Number(/^nodejs_eventloop_delay_seconds\{of="p99"\} (\S+)$/m.exec(text)?.[1])
}

async function outboxIsEmpty(stage: Stage, { database }: Contender): Promise<void> {
  while ((await stage.query(database, 'select from outbox limit 1')).length > 0) {
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/** Checks that both servers give the same answer. */
async function compareAnswers(name: CallName, contenders: Contender[]): Promise<void> {
  if (name !== 'get' && name !== 'list') return
  const next = series[name]()
  for (let nth = 0; nth < 20; nth++) {
    const call = next()
    const [one, other] = await Promise.all(
      contenders.map(async ({ url, token }) => {
        const answer = JSON.parse(await send(url, token, call))
        return JSON.stringify([answer.count, (answer.results ?? [answer]).map((task: { id: number }) => task.id)])
      }),
    )
    if (one !== other) throw new Error(`${call.path} has two answers:\n${one}\n${other}`)
  }
}

function summary(all: Round[]) {
  const of = (key: keyof Round, digits = 0) => round(median(all.map(one => one[key])), digits)
  return {
    rps: of('rps'),
    p50_ms: of('p50', 1),
    p99_ms: of('p99', 1),
    refused_share: of('refused', 3),
    app_us: of('appUs'),
    postgres_us: of('postgresUs'),
  }
}

await withStage(async stage => {
  say('filling 100,000 tasks')
  await fillTwice(stage)
  const [ours, bare] = await Promise.all([startOurs(stage), startBare(stage)])
  for (const name of names) {
    await compareAnswers(name, [ours, bare])
    const nexts = { ours: series[name](), bare: series[name]() }
    const results = { ours: [] as Round[], bare: [] as Round[] }
    const delays: number[] = []
    for (let nth = 0; nth < rounds; nth++) {
      // The order within a round alternates, like everything that could favour one side.
      for (const server of nth % 2 === 0 ? [ours, bare] : [bare, ours]) {
        const result = await measure(stage, server, nexts[server.name])
        results[server.name].push(result)
        if (server === ours) delays.push(await loopDelayMs(ours))
        say(`${name} ${server.name} ${round(result.rps)}/s`)
      }
    }
    const ratios = results.ours.map(({ rps }, nth) => rps / results.bare[nth]!.rps)
    report('rest', {
      call: name,
      connections,
      rounds,
      pinned: isPinned,
      ours: summary(results.ours),
      bare: summary(results.bare),
      ratio: round(median(ratios), 2),
      ratios: ratios.map(ratio => round(ratio, 2)),
      target: targets[name],
      loop_p99_ms: round(median(delays), 1),
      loop_target_ms: loopTargetMs,
    })
  }
})
