import { type CallName, series } from './calls.ts'
import { median, percentile, round } from './figures.ts'
import { type Call, load, send } from './load.ts'
import { cpuUs, cpuWithChildrenUs } from './process-cost.ts'
import type { Contender } from './rest-stage.ts'
import type { Stage } from './stage.ts'

/** What a round of one kind of request over some connections has measured. */
export interface Round {
  rps: number
  p50: number
  p99: number
  refused: number
  /** Microseconds of processor time a request, of the server and of PostgreSQL. */
  appUs: number
  postgresUs: number
}

export interface RoundLength {
  connections: number
  warmSeconds: number
  seconds: number
}

/** Sends requests without a pause, and waits until the events of the writes are delivered too. */
export async function measureRound(
  stage: Stage,
  server: Contender,
  next: () => Call,
  { connections, warmSeconds, seconds }: RoundLength,
): Promise<Round> {
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

async function outboxIsEmpty(stage: Stage, { database }: Contender): Promise<void> {
  while ((await stage.query(database, 'select from outbox limit 1')).length > 0) {
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/**
 * Checks that all servers find the same tasks, and update equally many.
 *
 * @throws when they do not
 */
export async function compareAnswers(name: CallName, contenders: Contender[]): Promise<void> {
  if (name === 'create') return
  const next = series[name]()
  for (let nth = 0; nth < 20; nth++) {
    const call = next()
    const answers = await Promise.all(
      contenders.map(async ({ url, token }) => {
        const answer = JSON.parse(await send(url, token, call))
        return JSON.stringify([
          answer.count,
          answer.updated_count,
          (answer.results ?? [answer]).map((task: { id: number }) => task.id),
        ])
      }),
    )
    if (new Set(answers).size > 1) throw new Error(`${call.path} has different answers:\n${answers.join('\n')}`)
  }
}

/** The medians of some rounds, rounded. */
export function summaryOf(all: Round[]) {
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
