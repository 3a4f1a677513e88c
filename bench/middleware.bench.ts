// What does it cost a request that it gets an id, is timed, measured and logged, and that its statements are measured?
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { noTracing } from '../server/ports/tracing.ts'
import Koa from 'koa'
import { measureStatements } from '../server/adapters/database-metrics.ts'
import { createMetrics } from '../server/adapters/metrics-prometheus.ts'
import { answerErrors } from '../server/faces/rest/answer-errors.ts'
import { measureRequests } from '../server/faces/rest/request-metrics.ts'
import { observe, type RequestState } from '../server/faces/rest/request.ts'
import { measureErrors } from '../server/kernel/error-metrics.ts'
import { createLogger } from '../server/kernel/logger.ts'
import { median, report, round } from './figures.ts'

const requests = 20_000
const rounds = Number(process.env.BENCH_ROUNDS ?? 9)
const statements = 4
const targetUs = 100

const log = createLogger({ level: 'info', pretty: false, destination: process.stderr })
const metrics = createMetrics(log)
const measureStatement = measureStatements(metrics)
const measured = observe({
  log,
  slowRequestMs: 60_000,
  metrics: measureRequests(metrics),
  tracing: noTracing,
  noteKeyCall: () => {},
})
const guarded = answerErrors({ log, countError: measureErrors(metrics), noteRefusal: () => {} })
const app = new Koa<RequestState>()

type Context = Parameters<typeof measured>[0]
const routes = Array.from({ length: 100 }, (_, nth) => `/things-${nth}/:id`)

async function answer(ctx: Context, nth: number): Promise<void> {
  ctx.state.route = routes[nth % routes.length]!
  ctx.body = {}
}

async function observed(ctx: Context, nth: number): Promise<void> {
  await measured(ctx, () =>
    guarded(ctx, async () => {
      for (let statement = 0; statement < statements; statement++) measureStatement(performance.now(), true)
      await answer(ctx, nth)
    }),
  )
}

/** Processor time of one request, in microseconds. */
async function cost(work: typeof answer): Promise<number> {
  const before = process.cpuUsage()
  for (let nth = 0; nth < requests; nth++) {
    const req = new IncomingMessage(socket)
    req.method = 'GET'
    req.url = '/'
    await work(app.createContext(req, new ServerResponse(req)) as unknown as Context, nth)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / requests
}

const socket = new Socket()
const costs: { plain: number; observed: number }[] = []
for (let nth = 0; nth <= rounds; nth++) {
  const one = { plain: await cost(answer), observed: await cost(observed) }
  // The first round is for the compiler.
  if (nth > 0) costs.push(one)
}
const added = costs.map(one => one.observed - one.plain)
report('middleware', {
  added_us: round(median(added), 1),
  added_us_by_round: added.map(one => round(one, 1)),
  target_us: targetUs,
  reached: median(added) <= targetUs,
})
process.exit(median(added) <= targetUs ? 0 : 1)
