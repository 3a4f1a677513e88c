// Thousands of clients reconnect at once: how long does it take until all are in their rooms again, and does the server
// still answer?
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { emptyDatabase, startInstances } from './cluster-stage.ts'
import { percentile, report, round, say } from './figures.ts'
import { listen, type Listener } from './listener.ts'
import { send } from './load.ts'
import { cpuWithChildrenUs, memoryOf } from './process-cost.ts'
import { withStage } from './stage.ts'

const clients = Number(process.env.BENCH_CLIENTS ?? 5_000)
const missed = 20
const targets = { all_back_s: 60, live_max_ms: 1_000 }

await withStage(async stage => {
  await emptyDatabase(stage)
  const { instances, token } = await startInstances(stage, 1, null)
  const { url, pid } = instances[0]!
  const write = (title: string) => send(url, token, { method: 'POST', path: '/tasks', body: JSON.stringify({ title }) })
  await write('first')
  const events = JSON.parse(await send(url, token, { method: 'GET', path: '/events?room=tasks' })) as {
    next_since: number
    epoch: string
  }
  for (let nth = 0; nth < missed; nth++) await write(`missed ${nth}`)

  let [back, received, refused] = [0, 0, 0]
  const open = new Set<Listener>()
  /** Like Socket.IO's client: after a refusal or a disconnect it tries again after one to five seconds. */
  async function comeBack(): Promise<void> {
    const join = { room: 'tasks', since: events.next_since, epoch: events.epoch }
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 5_000)) {
      const listener = listen(url, token, () => received++, join)
      try {
        await listener.joined
        open.add(listener)
        back++
        return
      } catch {
        refused++
        await sleep(wait * (0.5 + Math.random()))
      }
    }
  }

  const asker = new Worker(new URL('live-asker.ts', import.meta.url), { workerData: url })
  await sleep(500)
  say(`${clients} clients come at once, ${missed} events behind`)
  const [began, cpu, rss] = [performance.now(), cpuWithChildrenUs(stage.postgresPid), memoryOf(pid).rss_mb]
  await Promise.all(Array.from({ length: clients }, comeBack))
  const allBack = performance.now() - began
  while (received < clients * missed) await sleep(50)
  asker.postMessage('stop')
  const [live] = (await once(asker, 'message')) as [number[]]
  report('storm', {
    clients,
    all_back_s: round(allBack / 1000, 1),
    all_caught_up_s: round((performance.now() - began) / 1000, 1),
    delivered: received,
    expected: clients * missed,
    tries_refused: refused,
    live_p50_ms: round(percentile(live, 50), 1),
    live_p99_ms: round(percentile(live, 99), 1),
    live_max_ms: round(Math.max(...live), 1),
    postgres_us_per_client: round((cpuWithChildrenUs(stage.postgresPid) - cpu) / clients),
    rss_mb: { before: rss, after: memoryOf(pid).rss_mb },
    targets,
  })
  for (const one of open) one.close()
})
