// Clients and events a second: how late are deliveries, and how many arrive? All clients sit in one room.
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, startInstances } from '../cluster-stage.ts'
import { median, percentile, report, round, say } from '../figures.ts'
import { listen } from '../listener.ts'
import { type Running, withStage } from '../stage.ts'
import { signUp, writeSteadily } from '../writers.ts'

const clientCounts = [100, 300, 1_000, 3_000]
const rates = [10, 20, 50, 100, 200]
const [warmSeconds, seconds] = [1, Number(process.env.BENCH_SECONDS ?? 4)]
/** Higher rates of as many clients would only be later. */
const tooLateMs = 1_000
/** How long a point may take to arrive after the last write. */
const patienceMs = 10_000
/** With many deliveries only some are timed, so that the load generator is not what is measured. */
const timedOf = (deliveries: number) => (deliveries < 50_000 ? 1 : 31)

export interface FanOutPoint {
  clients: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  deliveriesPerSecond: number
  /** The share of what was sent that arrived in time; 1 unless the server was overloaded. */
  arrived: number
}

async function measureClients({ url }: Running, token: string, writers: string[], clients: number) {
  const sentAt: number[] = []
  let [got, every, delays] = [0, 1, [] as number[]]
  const all = Array.from({ length: clients }, () =>
    listen(url, token, text => {
      got++
      if (got % every !== 0) return
      const nth = /"title":"(\d+)"/.exec(text.toString('latin1'))?.[1]
      if (nth !== undefined) delays.push(performance.now() - sentAt[Number(nth)]!)
    }),
  )
  await Promise.all(all.map(({ joined }) => joined))

  const during = async (perSecond: number, length: number) => {
    const wanted = perSecond * length * clients
    ;[got, every, delays] = [0, timedOf(wanted), []]
    const began = performance.now()
    await writeSteadily(url, writers, { perSecond, seconds: length }, nth => (sentAt[nth] = performance.now()))
    const end = performance.now() + patienceMs
    while (got < wanted && performance.now() < end) await sleep(20)
    return { arrived: got / wanted, perSecond: (got / (performance.now() - began)) * 1_000 }
  }

  const points: FanOutPoint[] = []
  for (const perSecond of rates) {
    await during(perSecond, warmSeconds)
    const { arrived, perSecond: deliveries } = await during(perSecond, seconds)
    const [p50Ms, p99Ms] = [round(median(delays), 1), round(percentile(delays, 99), 1)]
    points.push({
      clients,
      perSecond,
      p50Ms,
      p99Ms,
      deliveriesPerSecond: round(deliveries),
      arrived: round(arrived, 3),
    })
    say(`${clients} clients, ${perSecond} events/s: p99 ${p99Ms} ms, ${round(deliveries)} deliveries/s`)
    if (p99Ms > tooLateMs || arrived < 1) break
  }
  for (const one of all) one.close()
  return points
}

await withStage(async stage => {
  await emptyDatabase(stage)
  const { instances, token } = await startInstances(stage, 1, null)
  const one = instances[0]!
  const writers = await signUp(one.url, 40)
  // The compiler needs some writes.
  await writeSteadily(one.url, writers, { perSecond: 100, seconds: 4 })
  const points: FanOutPoint[] = []
  for (const clients of clientCounts) points.push(...(await measureClients(one, token, writers, clients)))
  report('curves/fan-out', { points })
})
