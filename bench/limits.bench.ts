// What does it cost a request that it is counted against the limit of its person, and says what is left of it?
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Koa from 'koa'
import { createMemoryCounters } from '../server/adapters/counters-memory.ts'
import { createRedisCounters } from '../server/adapters/counters-redis.ts'
import { connectRedis } from '../server/adapters/redis.ts'
import { startRedisServer } from '../server/embedded/redis-server.ts'
import { limitCalls } from '../server/faces/rest/rate-limits.ts'
import type { RequestState } from '../server/faces/rest/request.ts'
import { createLimits } from '../server/features/limits/index.ts'
import { createLogger } from '../server/kernel/logger.ts'
import type { Counters } from '../server/ports/counters.ts'
import { noPeers } from '../server/ports/peers.ts'
import { median, report, round } from './figures.ts'

const requests = 20_000
const rounds = Number(process.env.BENCH_ROUNDS ?? 9)
/** Requests that one instance answers at once. */
const atOnce = 16
const people = 1_000
const targetUs = 60

const log = createLogger({ level: 'info', pretty: false, destination: process.stderr })
const config = { rateLimitEnabled: true, rateLimitFree: 1e9, rateLimitPro: 1e9, rateLimitLogin: 10 }
const app = new Koa<RequestState>()
const socket = new Socket()
type Context = Parameters<ReturnType<typeof limitCalls>>[0]

const person = { id: 1, role: 'user', tier: 'free' } as const
const answer = async (ctx: Context): Promise<void> => {
  await ctx.state.spending?.judge({ person: { ...person, id: Number(ctx.get('Authorization').slice(7)) } })
  ctx.body = {}
}

function limited(counters: Counters) {
  // Of a request with a token only the token is looked at, and that was cheap before.
  const credentials = { accountOf: Number } as unknown as Parameters<typeof limitCalls>[1]
  const parts = { config, counters, database: null as never, command: null as never, peers: noPeers }
  const middleware = limitCalls(createLimits(parts).begin, credentials)
  return (ctx: Context) => middleware(ctx, () => answer(ctx)) as Promise<void>
}

/** Processor time of one request, and the time until it was answered, both in microseconds. */
async function cost(work: (ctx: Context) => Promise<void>) {
  let nth = 0
  let waitedMs = 0
  const client = async () => {
    while (nth < requests) {
      const req = new IncomingMessage(socket)
      Object.assign(req, {
        method: 'GET',
        url: '/api/v1/tasks',
        headers: { authorization: `Bearer ${nth++ % people}` },
      })
      const ctx = app.createContext(req, new ServerResponse(req)) as unknown as Context
      const began = performance.now()
      await work(ctx)
      waitedMs += performance.now() - began
    }
  }
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: atOnce }, client))
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / requests, waited: (waitedMs * 1_000) / requests }
}

const redis = await startRedisServer()
const link = connectRedis(redis.url, 'a secret of the bench', log)
while (!link.ready) await sleep(10)
const ways = {
  off: answer,
  memory: limited(createMemoryCounters(60)),
  redis: limited(createRedisCounters(link, 60, log)),
}
const costs: Record<keyof typeof ways, Awaited<ReturnType<typeof cost>>>[] = []
for (let nth = 0; nth <= rounds; nth++) {
  const one = { off: await cost(ways.off), memory: await cost(ways.memory), redis: await cost(ways.redis) }
  // The first round is for the compiler.
  if (nth > 0) costs.push(one)
}
link.close()
await redis.stop()
const memory = costs.map(one => one.memory.cpu - one.off.cpu)
report('limits', {
  memory_added_us: round(median(memory), 1),
  memory_added_us_by_round: memory.map(one => round(one, 1)),
  redis_added_us: round(median(costs.map(one => one.redis.cpu - one.off.cpu)), 1),
  redis_waited_us: round(median(costs.map(one => one.redis.waited - one.off.waited)), 1),
  target_us: targetUs,
  reached: median(memory) <= targetUs,
})
process.exit(median(memory) <= targetUs ? 0 : 1)
