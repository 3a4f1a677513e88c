// Thousands of people in one room: how long do they take to come, how long is the answer to a join, what memory does
// each take, and does one who comes and goes cost more the more people are there?
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, startInstances } from './cluster-stage.ts'
import { addCrowd, crowdSecret, type SignedIn } from './crowd.ts'
import { report, round, say } from './figures.ts'
import { listen, type Listener } from './listener.ts'
import { cpuUs, memoryOf } from './process-cost.ts'
import { type Running, withStage } from './stage.ts'

const people = Number(process.env.BENCH_PEOPLE ?? 10_000)
const room = 'tasks'
const sizes = [100, 1_000, people].filter(size => size <= people)
const [visitors, visitsPerSecond, atOnce] = [400, 40, 50]
/** Longer than the interval of pings and than that of the counts of the largest room. */
const settleMs = 12_000

const got = { messages: 0, bytes: 0 }
const onEvent = (text: Buffer) => {
  got.messages++
  got.bytes += text.length
}

/** Connects people, some at a time. @returns the longest answer to a join, in bytes */
async function gather({ url }: Running, list: SignedIn[], into: Listener[], join: (one: SignedIn) => string) {
  let [next, longest] = [0, 0]
  const work = async () => {
    for (let one = list[next++]; one; one = list[next++]) {
      const client = listen(url, one.token, onEvent, { room: join(one) })
      longest = Math.max(longest, await client.joined)
      into.push(client)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return longest
}

/** What happens in the time that `act` and the messages after it take, beyond what the idle clients cost. */
async function measure(server: Running, act: () => Promise<void>) {
  const usOf = async (run: () => Promise<unknown>) => {
    const [began, before] = [performance.now(), cpuUs(server.pid)]
    await run()
    return { us: cpuUs(server.pid) - before, ms: performance.now() - began }
  }
  const idle = await usOf(() => sleep(settleMs))
  const before = { ...got }
  const busy = await usOf(async () => {
    await act()
    await sleep(settleMs)
  })
  return {
    cpu_us: busy.us - (idle.us / idle.ms) * busy.ms,
    messages: got.messages - before.messages,
    bytes: got.bytes - before.bytes,
  }
}

/** Each visitor comes into the room and leaves it, so many a second. */
async function visit(clients: Listener[]) {
  const began = performance.now()
  const visits = clients.map(async (client, nth) => {
    await sleep(Math.max(0, (nth / visitsPerSecond) * 1_000 - (performance.now() - began)))
    await client.call('join_room', { room })
    await sleep(500)
    await client.call('leave_room', { room })
  })
  await Promise.all(visits)
}

await withStage(async stage => {
  await emptyDatabase(stage)
  const { instances } = await startInstances(stage, 1, null, 'taskwire', { JWT_SECRET: crowdSecret })
  const server = instances[0]!
  say(`${people + visitors} accounts`)
  const crowd = await addCrowd(stage, 'taskwire', people + visitors)
  const guests: Listener[] = []
  await gather(server, crowd.splice(0, visitors), guests, ({ id }) => `user_${id}`)
  const inRoom: Listener[] = []
  for (const size of sizes) {
    say(`${size} people come into one room`)
    const fresh = crowd.splice(0, size - inRoom.length)
    const [began, before, used] = [performance.now(), cpuUs(server.pid), memoryOf(server.pid).own_kib]
    const longest = await gather(server, fresh, inRoom, () => room)
    const [ms, us] = [performance.now() - began, cpuUs(server.pid) - before]
    await sleep(settleMs)
    const kib = (memoryOf(server.pid).own_kib - used) / fresh.length
    await visit(guests)
    const visits = await measure(server, () => visit(guests))
    report('room', {
      people: size,
      join_answer_bytes: longest,
      come_s: round(ms / 1_000, 1),
      cpu_us_per_join: round(us / fresh.length),
      kib_per_person: round(kib, 1),
      cpu_us_per_visit: round(visits.cpu_us / visitors),
      messages_per_visit: round(visits.messages / visitors, 1),
      bytes_per_visit: round(visits.bytes / visitors),
      target: { join_answer_bytes: 64 * 1024 },
    })
  }
  for (const one of [...inRoom, ...guests]) one.close()
})
