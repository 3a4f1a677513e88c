import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, startBenchRedis, startInstances } from '../cluster-stage.ts'
import { median, percentile, report, round, say } from '../figures.ts'
import { fill } from '../fill.ts'
import { listen } from '../listener.ts'
import { send } from '../load.ts'
import { isPinned } from '../pinning.ts'
import { cpuUs } from '../process-cost.ts'
import type { Running, Stage } from '../stage.ts'
import { type Row, tell } from './table.ts'

interface Sender extends Running {
  name: string
  title: string
  token: string
  /** The body of the write that makes an event with this number in its title. */
  body(nth: number): object
}

/** How writes follow each other: after a pause when the last one was answered, or at a constant rate. */
interface Pace {
  question: string
  writes: number
  pauseMs?: number
  perSecond?: number
}

interface Measured {
  us: number
  delays: number[]
}

/** One delivery of so many is timed, so that the load generator is not what is measured. */
const timedOf = 97

/** Processor time and delays of deliveries from every server, in turns in each round. @returns a row each */
export async function compareDelivery(
  stage: Stage,
  { clients, rounds, seconds }: { clients: number; rounds: number; seconds: number },
): Promise<Row[]> {
  const redis = await startBenchRedis()
  try {
    await emptyDatabase(stage)
    // Each has a database of its own, because instances on one would be a cluster.
    for (const database of ['hinted', 'stored']) {
      await stage.query('postgres', `create database ${database}`)
      await emptyDatabase(stage, database)
    }
    await fill(stage, 'stored', 0)
    const senders = await startSenders(stage, redis.url)
    const paces: Pace[] = [
      { question: 'one event a turn', writes: 30 * seconds, pauseMs: 30 },
      { question: '20 events a second', writes: 20 * seconds, perSecond: 20 },
    ]
    const rows: Row[] = []
    for (const pace of paces) rows.push(...(await comparePace(senders, pace, clients, rounds)))
    tell(`An event to each of ${clients} clients in one room`, rows)
    return rows
  } finally {
    await redis.stop()
  }
}

async function startSenders(stage: Stage, redisUrl: string): Promise<Sender[]> {
  const alone = await startInstances(stage, 1, null)
  const hinted = await startInstances(stage, 1, redisUrl, 'hinted')
  const payload = await firstPayload(alone.instances[0]!, alone.token)
  const task = (nth: number) => ({ title: String(nth) })
  // What the others send is as long as what Taskwire sends.
  const same = (nth: number) => ({ ...payload, task: { ...payload.task, title: String(nth) } })
  const start = (file: string, env = {}) => stage.run(`bench/peers/${file}`, env)
  const others = { token: '', body: same }
  return [
    { name: 'ours', title: 'Taskwire', ...alone.instances[0]!, token: alone.token, body: task },
    { name: 'ours_redis', title: 'Taskwire with Redis', ...hinted.instances[0]!, token: hinted.token, body: task },
    { name: 'socketio', title: 'Socket.IO 4.8', ...(await start('socketio-server.ts')), ...others },
    {
      name: 'socketio_redis',
      title: 'Socket.IO 4.8 with Redis',
      ...(await start('socketio-server.ts', { REDIS_URL: redisUrl })),
      ...others,
    },
    {
      name: 'socketio_stored',
      title: 'the same, which stores first',
      ...(await start('socketio-server.ts', { REDIS_URL: redisUrl, DATABASE_URL: stage.databaseUrl('stored') })),
      ...others,
    },
    { name: 'ws', title: 'ws, one finished frame', ...(await start('ws-server.ts')), ...others },
  ]
}

/** What Taskwire sends for a task. */
async function firstPayload({ url }: Running, token: string): Promise<{ task: object }> {
  const { promise, resolve } = Promise.withResolvers<{ task: object }>()
  const one = listen(url, token, text => resolve(JSON.parse(text.toString().slice(2))[1]))
  await one.joined
  await send(url, token, { method: 'POST', path: '/tasks', body: JSON.stringify({ title: '1' }) })
  const payload = await promise
  one.close()
  return payload
}

async function comparePace(senders: Sender[], pace: Pace, clients: number, rounds: number): Promise<Row[]> {
  const sides = senders.map(sender => ({ sender, results: [] as Measured[] }))
  for (let nth = 0; nth < rounds; nth++) {
    const first = nth % sides.length
    for (const { sender, results } of [...sides.slice(first), ...sides.slice(0, first)]) {
      results.push(await measure(sender, pace, clients))
      say(`${pace.question} ${sender.name} ${round(results.at(-1)!.us, 1)} µs`)
    }
  }
  const limit = sides.find(({ sender }) => sender.name === 'ws')!.results
  return sides.map(({ sender, results }) => {
    const of = (figure: (one: Measured) => number) => round(median(results.map(figure)), 1)
    const [us, p50, p99] = [of(one => one.us), of(one => median(one.delays)), of(one => percentile(one.delays, 99))]
    const ratio = round(median(results.map((one, nth) => one.us / limit[nth]!.us)), 2)
    const { question, writes } = pace
    report('peers', {
      question,
      server: sender.name,
      clients,
      rounds,
      writes,
      pinned: isPinned,
      us,
      ratio_to_ws: ratio,
      p50_ms: p50,
      p99_ms: p99,
    })
    return { question, server: sender.title, 'µs a delivery': us, 'of ws': ratio, 'p50 ms': p50, 'p99 ms': p99 }
  })
}

/** The processor time of a delivery with its share of the write, and the delays from the write to the clients. */
async function measure(sender: Sender, pace: Pace, clients: number): Promise<Measured> {
  const sentAt: number[] = []
  let delays: number[] = []
  let got = 0
  const all = Array.from({ length: clients }, () =>
    listen(sender.url, sender.token, text => {
      got++
      if (got % timedOf !== 0) return
      const nth = Number(/"title":"(\d+)"/.exec(text.toString('latin1'))?.[1])
      delays.push(performance.now() - sentAt[nth]!)
    }),
  )
  await Promise.all(all.map(({ joined }) => joined))
  const run = async (writes: number) => {
    ;[got, delays] = [0, []]
    const before = cpuUs(sender.pid)
    await write(sender, { ...pace, writes }, sentAt)
    while (got < writes * clients) await sleep(20)
    return (cpuUs(sender.pid) - before) / got
  }
  await run(Math.ceil(pace.writes / 4))
  const us = await run(pace.writes)
  for (const one of all) one.close()
  return { us, delays }
}

async function write(sender: Sender, { writes, pauseMs = 0, perSecond }: Pace, sentAt: number[]): Promise<void> {
  const began = performance.now()
  const answers: Promise<unknown>[] = []
  for (let nth = 0; nth < writes; nth++) {
    if (perSecond) await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    sentAt[nth] = performance.now()
    const call = { method: 'POST', path: '/tasks', body: JSON.stringify(sender.body(nth)) }
    const answer = send(sender.url, sender.token, call)
    if (perSecond) answers.push(answer)
    else await answer.then(() => sleep(pauseMs))
  }
  await Promise.all(answers)
}
