// What does it cost the server to send an event to a client, and how many does one core send? 1,000 clients sit in one
// room; a bare `ws` server with a prepared frame is the limit, in turns in the same run.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, emptyDatabase, listen, startInstances } from './cluster-stage.ts'
import { median, percentile, report, round, say } from './figures.ts'
import { send } from './load.ts'
import { cpuUs } from './process-cost.ts'
import type { Order } from './raw-server.ts'
import { type Running, type Stage, withStage } from './stage.ts'

const clients = Number(process.env.BENCH_CLIENTS ?? 1_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const perSecond = 166
const task = (title: string) => ({ method: 'POST', path: '/tasks', body: JSON.stringify({ title }) })

/** Clients that count what they get, and how long each title was on its way. */
async function gather(url: string, token: string, onFrame: (frame: Buffer) => void) {
  const all = Array.from({ length: clients }, () => listen(url, token, onFrame))
  await Promise.all(all.map(({ joined }) => joined))
  return () => all.forEach(one => one.close())
}

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(20)
}

/** One of our instances: every round writes `perRound` tasks at once. */
async function ours({ instances: [one], token }: Cluster, { rounds: times, perRound, pauseMs }: Order) {
  let [got, bytes] = [0, 0]
  const { url, pid } = one!
  const leave = await gather(url, token, frame => {
    got++
    bytes = frame.length
  })
  const writes = async (count: number) => {
    for (let nth = 0; nth < count; nth++) {
      await Promise.all(Array.from({ length: perRound }, (_, of) => send(url, token, task(`${nth} ${of}`))))
      await sleep(pauseMs)
    }
  }
  await writes(Math.ceil(times / 4))
  await until(() => got === Math.ceil(times / 4) * perRound * clients)
  got = 0
  const before = cpuUs(pid)
  await writes(times)
  await until(() => got === times * perRound * clients)
  const us = (cpuUs(pid) - before) / got
  leave()
  return { us, bytes }
}

async function raw({ url, pid }: Running, order: Order) {
  let got = 0
  const leave = await gather(url, '', () => got++)
  const tell = (some: Order) => fetch(url, { method: 'POST', body: JSON.stringify(some) })
  await tell({ ...order, rounds: Math.ceil(order.rounds / 4) })
  await until(() => got === Math.ceil(order.rounds / 4) * order.perRound * clients)
  got = 0
  const before = cpuUs(pid)
  await tell(order)
  await until(() => got === order.rounds * order.perRound * clients)
  const us = (cpuUs(pid) - before) / got
  leave()
  return us
}

/** What one person may do at once is bounded, so many people write. */
async function signUp({ instances: [one] }: Cluster, count: number): Promise<string[]> {
  const tokens: string[] = []
  for (let nth = 0; nth < count; nth++) {
    const account = { email: `w${nth}@example.com`, username: `writer-${nth}`, password: 'correct horse 9' }
    const answer = await send(one!.url, '', { method: 'POST', path: '/auth/register', body: JSON.stringify(account) })
    tokens.push(JSON.parse(answer).access_token)
  }
  return tokens
}

/** As many writes a second as are asked for: how many events arrive, how late, and how slow the writes become. */
async function rate({ instances: [one], token }: Cluster, writers: string[], seconds: number) {
  const { url } = one!
  const sentAt = new Map<string, number>()
  const [delays, answers]: number[][] = [[], []]
  let got = 0
  const leave = await gather(url, token, frame => {
    got++
    // One client of a hundred is timed, so that the load generator is not what is measured.
    if (got % 97 !== 0) return
    const title = /"title":"(\d+)"/.exec(frame.toString('latin1'))?.[1]
    if (title !== undefined) delays!.push(performance.now() - sentAt.get(title)!)
  })
  const began = performance.now()
  const writes: Promise<void>[] = []
  const count = perSecond * seconds
  for (let nth = 0; nth < count; nth++) {
    await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    const at = performance.now()
    sentAt.set(String(nth), at)
    writes.push(
      send(url, writers[nth % writers.length]!, task(String(nth))).then(
        () => void answers!.push(performance.now() - at),
      ),
    )
  }
  await Promise.all(writes)
  await until(() => got === count * clients)
  const took = (performance.now() - began) / 1000
  leave()
  return {
    deliveries_per_second: round(got / took),
    p50_ms: round(median(delays!), 1),
    p99_ms: round(percentile(delays!, 99), 1),
    write_p50_ms: round(median(answers!), 1),
    write_p99_ms: round(percentile(answers!, 99), 1),
  }
}

await withStage(async (stage: Stage) => {
  await emptyDatabase(stage)
  const cluster = await startInstances(stage, 1, null)
  const bare = await stage.run('bench/raw-server.ts', {})
  for (const [question, perRound, target] of [
    ['server CPU per delivery, one event a turn', 1, 1.15],
    ['server CPU per delivery, bursts of ten', 10, 0.18],
  ] as const) {
    say(question)
    const [us, limit]: number[][] = [[], []]
    for (let nth = 0; nth < rounds; nth++) {
      const order = { bytes: 0, rounds: perRound === 1 ? 200 : 40, perRound, pauseMs: perRound === 1 ? 50 : 200 }
      const { us: one, bytes } = await ours(cluster, order)
      us!.push(one)
      limit!.push(await raw(bare, { ...order, bytes }))
    }
    const ratios = us!.map((one, nth) => round(one / limit![nth]!, 2))
    report('fan-out', {
      question,
      clients,
      us: round(median(us!), 1),
      raw_us: round(median(limit!), 1),
      ratio: median(ratios),
      ratios,
      target: { ratio: target },
    })
  }
  say('166 writes a second')
  const writers = await signUp(cluster, 40)
  report('fan-out', {
    question: '166 writes a second to all clients',
    clients,
    ...(await rate(cluster, writers, 15)),
    alone: await rateAlone(cluster, writers),
    target: { deliveries_per_second: 150_000, p99_ms: 80 },
  })
})

/** The same writes without clients. */
async function rateAlone({ instances: [one] }: Cluster, writers: string[]) {
  const answers: number[] = []
  const began = performance.now()
  const writes: Promise<void>[] = []
  for (let nth = 0; nth < perSecond * 5; nth++) {
    await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    const at = performance.now()
    writes.push(
      send(one!.url, writers[nth % writers.length]!, task('alone')).then(
        () => void answers.push(performance.now() - at),
      ),
    )
  }
  await Promise.all(writes)
  return { write_p50_ms: round(median(answers), 1), write_p99_ms: round(percentile(answers, 99), 1) }
}
