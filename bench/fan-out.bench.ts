// What does it cost the server to send an event to a client, and how many does one core send? 1,000 clients sit in one
// room; a bare `ws` server with a prepared frame is the limit, in turns in the same run.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, emptyDatabase, startInstances } from './cluster-stage.ts'
import { median, percentile, report, round, say } from './figures.ts'
import { listen } from './listener.ts'
import { type Call, send } from './load.ts'
import { cpuUs } from './process-cost.ts'
import type { Order } from './raw-server.ts'
import { type Running, type Stage, withStage } from './stage.ts'
import { signUp, writeSteadily } from './writers.ts'

const clients = Number(process.env.BENCH_CLIENTS ?? 1_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const perSecond = 166
/** The compiler needs this many writes to optimise what is not measured here. */
const warmWrites = 500

const create = (title: string) => ({ method: 'POST', path: '/tasks', body: JSON.stringify({ title }) })

interface Question {
  question: string
  /** The writes of a round, which are sent at once, and how many events they make together. */
  writes: () => Call[]
  events: number
  order: Pick<Order, 'rounds' | 'pauseMs'>
  target: number
}

const ten = Array.from({ length: 10 }, (_, nth) => nth)

/** @param ids ten tasks */
const questions = (ids: number[]): Question[] => [
  {
    question: 'one event a turn',
    writes: () => [create('one')],
    events: 1,
    order: { rounds: 200, pauseMs: 30 },
    target: 1.15,
  },
  {
    question: 'bursts of ten, of one bulk operation',
    writes: () => {
      const updates = { category: `c${Math.random()}` }
      return [{ method: 'POST', path: '/tasks/bulk-update', body: JSON.stringify({ task_ids: ids, updates }) }]
    },
    events: 10,
    order: { rounds: 60, pauseMs: 60 },
    target: 0.18,
  },
  {
    question: 'bursts of ten, of ten people who write at once',
    writes: () => ten.map(nth => create(`task ${nth}`)),
    events: 10,
    order: { rounds: 60, pauseMs: 60 },
    target: 0.18,
  },
]

/** Connects all clients to a room. */
async function gather(url: string, token: string, onEvent: (text: Buffer) => void, room = 'tasks') {
  const all = Array.from({ length: clients }, () => listen(url, token, onEvent, { room }))
  await Promise.all(all.map(({ joined }) => joined))
  return () => all.forEach(one => one.close())
}

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(20)
}

/**
 * One of our instances: the processor time per delivery, with and without that of the writes themselves and of what a
 * connection costs, which is measured while the clients sit in another room.
 */
async function ours({ instances: [one], token }: Cluster, { writes, events, order }: Question) {
  let [got, bytes] = [0, 0]
  const { url, pid } = one!
  const write = async (times: number) => {
    for (let nth = 0; nth < times; nth++) {
      await Promise.all(writes().map(call => send(url, token, call)))
      await sleep(order.pauseMs)
    }
  }
  const cpuOf = async (times: number) => {
    got = 0
    const before = cpuUs(pid)
    await write(times)
    return async (listeners: number) => {
      await until(() => got === times * events * listeners)
      return cpuUs(pid) - before
    }
  }
  const leaveOther = await gather(url, token, () => {}, 'projects')
  const alone = await (await cpuOf(order.rounds))(0)
  leaveOther()
  const leave = await gather(url, token, text => {
    got++
    bytes = text.length
  })
  await (
    await cpuOf(Math.ceil(order.rounds / 4))
  )(clients)
  const all = await (await cpuOf(order.rounds))(clients)
  leave()
  const deliveries = order.rounds * events * clients
  return { us: all / deliveries, sendingUs: (all - alone) / deliveries, bytes }
}

async function raw({ url, pid }: Running, order: Order) {
  let got = 0
  const leave = await gather(url, '', () => got++)
  const tell = async (some: Order) => {
    got = 0
    await fetch(url, { method: 'POST', body: JSON.stringify(some) })
    await until(() => got === some.rounds * some.perRound * clients)
  }
  await tell({ ...order, rounds: Math.ceil(order.rounds / 4) })
  const before = cpuUs(pid)
  await tell(order)
  const us = (cpuUs(pid) - before) / got
  leave()
  return us
}

const figuresOf = (name: string, values: number[]) => ({
  [`${name}p50_ms`]: round(median(values), 1),
  [`${name}p99_ms`]: round(percentile(values, 99), 1),
})

/** How many events arrive, how late, and how slow the writes become. */
async function rate({ instances: [one], token }: Cluster, writers: string[], seconds: number) {
  const { url, pid } = one!
  await writeSteadily(url, writers, { perSecond, seconds: 3 })
  const alone = await writeSteadily(url, writers, { perSecond, seconds: 5 })
  const sentAt: number[] = []
  let delays: number[] = []
  let got = 0
  const leave = await gather(url, token, text => {
    got++
    // One delivery of a hundred is timed, so that the load generator is not what is measured.
    if (got % 97 !== 0) return
    const nth = /"title":"(\d+)"/.exec(text.toString('latin1'))?.[1]
    if (nth !== undefined) delays.push(performance.now() - sentAt[Number(nth)]!)
  })
  const during = async (some: number) => {
    ;[got, delays] = [0, []]
    const [began, before] = [performance.now(), cpuUs(pid)]
    const answers = await writeSteadily(
      url,
      writers,
      { perSecond, seconds: some },
      nth => (sentAt[nth] = performance.now()),
    )
    await until(() => got === perSecond * some * clients)
    const ms = performance.now() - began
    return { answers, perSecond: (got / ms) * 1000, busy: (cpuUs(pid) - before) / 1000 / ms }
  }
  await during(2)
  const result = await during(seconds)
  leave()
  return {
    deliveries_per_second: round(result.perSecond),
    ...figuresOf('', delays),
    ...figuresOf('write_', result.answers),
    server_busy: round(result.busy, 2),
    alone: figuresOf('write_', alone),
  }
}

await withStage(async (stage: Stage) => {
  await emptyDatabase(stage)
  const cluster = await startInstances(stage, 1, null)
  const { url } = cluster.instances[0]!
  const bare = await stage.run('bench/raw-server.ts', {})
  const made = await Promise.all(ten.map(nth => send(url, cluster.token, create(`bulk ${nth}`))))
  for (let nth = 0; nth < warmWrites; nth++) await send(url, cluster.token, create('warm'))
  for (const one of questions(made.map(text => JSON.parse(text).id))) {
    say(one.question)
    const [us, sending, limit]: number[][] = [[], [], []]
    for (let nth = 0; nth < rounds; nth++) {
      const { us: all, sendingUs, bytes } = await ours(cluster, one)
      us!.push(all)
      sending!.push(sendingUs)
      limit!.push(await raw(bare, { ...one.order, perRound: one.events, bytes }))
    }
    const ratiosOf = (figures: number[]) => figures.map((figure, nth) => round(figure / limit![nth]!, 2))
    report('fan-out', {
      question: `server CPU per delivery, ${one.question}`,
      clients,
      raw_us: round(median(limit!), 1),
      us: round(median(us!), 1),
      ratio: median(ratiosOf(us!)),
      without_writes: { us: round(median(sending!), 1), ratio: median(ratiosOf(sending!)), ratios: ratiosOf(sending!) },
      target: { ratio: one.target },
    })
  }
  say(`${perSecond} writes a second`)
  report('fan-out', {
    question: `${perSecond} writes a second to all clients`,
    clients,
    ...(await rate(cluster, await signUp(url, 40), 15)),
    target: { deliveries_per_second: 150_000, p99_ms: 80 },
  })
})
