// What does a client cost that is signed in and in a room: processor time to connect and join, memory while nothing
// happens? And how many can come back in a second that have missed 100 events each?
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, startInstances } from './cluster-stage.ts'
import { median, report, round, say } from './figures.ts'
import { type Listener, listen } from './listener.ts'
import { send } from './load.ts'
import { cpuUs, memoryOf } from './process-cost.ts'
import { type Running, type Stage, withStage } from './stage.ts'

const clients = Number(process.env.BENCH_CLIENTS ?? 3_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const [atOnce, missed] = [50, 100]
/** Longer than the interval of pings, so that all that an idle client has is there. */
const settleMs = 12_000

/** Connects all clients, some at a time. */
async function gather({ url, pid }: Running, token: string, count: number, join: object, onEvent: () => void) {
  const all: Listener[] = []
  const [began, before] = [performance.now(), cpuUs(pid)]
  const work = async () => {
    while (all.length < count) {
      const one = listen(url, token, onEvent, join)
      all.push(one)
      await one.joined
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const [ms, us] = [performance.now() - began, (cpuUs(pid) - before) / count]
  return { ms, us, leave: () => all.forEach(one => one.close()) }
}

/** In a fresh process, because what clients left that have gone is used again for others. */
async function memory(stage: Stage) {
  say(`the memory of ${clients} clients`)
  const { instances, token, stop } = await startInstances(stage, 1, null)
  const one = instances[0]!
  const before = memoryOf(one.pid).own_kib
  const { leave } = await gather(one, token, clients, { room: 'tasks' }, () => {})
  await sleep(settleMs)
  const kib = (memoryOf(one.pid).own_kib - before) / clients
  leave()
  await stop()
  report('connections', { question: 'memory of idle clients', clients, kib: round(kib, 1), target: { kib: 40 } })
}

await withStage(async stage => {
  await emptyDatabase(stage)
  await memory(stage)
  const { instances, token } = await startInstances(stage, 1, null)
  const one = instances[0]!
  const write = (title: string) =>
    send(one.url, token, { method: 'POST', path: '/tasks', body: JSON.stringify({ title }) })
  const nothing = () => {}

  say(`${clients} clients connect and join a room`)
  // The compiler needs some to optimise what happens when clients come and go.
  for (let nth = 0; nth < 2; nth++) (await gather(one, token, 500, { room: 'tasks' }, nothing)).leave()
  const us: number[] = []
  for (let nth = 0; nth < rounds; nth++) {
    const gathered = await gather(one, token, clients, { room: 'tasks' }, nothing)
    us.push(round(gathered.us))
    gathered.leave()
  }
  report('connections', {
    question: 'connect and join',
    clients,
    cpu_us: median(us),
    cpu_us_of_rounds: us,
    target: { cpu_us: 900 },
  })

  say(`clients come back that have missed ${missed} events`)
  await write('first')
  const events = JSON.parse(await send(one.url, token, { method: 'GET', path: '/events?room=tasks' }))
  for (let nth = 0; nth < missed; nth++) await write(`missed ${nth}`)
  const [rates, resumes]: number[][] = [[], []]
  for (let nth = 0; nth < rounds; nth++) {
    let got = 0
    const join = { room: 'tasks', since: events.next_since, epoch: events.epoch }
    const gathered = await gather(one, token, 1_000, join, () => got++)
    rates!.push(round((1_000 / gathered.ms) * 1000))
    resumes!.push(round(gathered.us))
    if (got < 1_000 * missed * 0.95) throw new Error(`only ${got} events came`)
    gathered.leave()
  }
  report('connections', {
    question: `connect and join with ${missed} missed events`,
    clients: 1_000,
    joins_per_second: median(rates!),
    joins_per_second_of_rounds: rates,
    cpu_us: median(resumes!),
    target: { joins_per_second: 500 },
  })
})
