// How much of the speed of a bare server is left when the same requests are answered with accounts, rights, validation
// and events?
import { type CallName, series } from './calls.ts'
import { median, report, round, say } from './figures.ts'
import { isPinned } from './pinning.ts'
import { compareAnswers, measureRound, type Round, summaryOf } from './rest-round.ts'
import { type Contender, fillCopies, startBare, startOurs } from './rest-stage.ts'
import { withStage } from './stage.ts'

const length = { connections: 32, warmSeconds: 1, seconds: 3 }
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
/** Reads first, because writes change what there is to read, and not by the same number of rows on both sides. */
const names = (process.env.BENCH_CALLS?.split(',') as CallName[] | undefined) ?? ['get', 'list', 'create', 'bulk']
const targets: Record<CallName, number> = { create: 0.85, get: 0.9, list: 0.9, bulk: 0.9 }
const loopTargetMs = 20

/** The p99 of the event loop's delay in the last ten seconds, in milliseconds, as the server measures it. */
async function loopDelayMs({ url }: Contender): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return 1_000 * Number(/^nodejs_eventloop_delay_seconds\{of="p99"\} (\S+)$/m.exec(text)?.[1])
}

await withStage(async stage => {
  say('filling 100,000 tasks')
  await fillCopies(stage, ['bare'])
  const [ours, bare] = await Promise.all([startOurs(stage), startBare(stage)])
  for (const name of names) {
    await compareAnswers(name, [ours, bare])
    const nexts = { ours: series[name](), bare: series[name]() }
    const results = { ours: [] as Round[], bare: [] as Round[] }
    const delays: number[] = []
    for (let nth = 0; nth < rounds; nth++) {
      // The order within a round alternates, like everything that could favour one side.
      for (const server of nth % 2 === 0 ? [ours, bare] : [bare, ours]) {
        const result = await measureRound(stage, server, nexts[server.name], length)
        results[server.name].push(result)
        if (server === ours) delays.push(await loopDelayMs(ours))
        say(`${name} ${server.name} ${round(result.rps)}/s`)
      }
    }
    const ratios = results.ours.map(({ rps }, nth) => rps / results.bare[nth]!.rps)
    report('rest', {
      call: name,
      connections: length.connections,
      rounds,
      pinned: isPinned,
      ours: summaryOf(results.ours),
      bare: summaryOf(results.bare),
      ratio: round(median(ratios), 2),
      ratios: ratios.map(ratio => round(ratio, 2)),
      target: targets[name],
      loop_p99_ms: round(median(delays), 1),
      loop_target_ms: loopTargetMs,
    })
  }
})
