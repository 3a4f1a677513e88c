// What does each kind of attack cost an honest neighbour, the server's memory and its readiness?
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { migrate } from '../server/adapters/database-migration.ts'
import { attackers, type AttackerName, type Target } from '../test/attackers/index.ts'
import { fromOutside } from '../test/attackers/outside.ts'
import { startAttacker } from '../test/attackers/start.ts'
import { percentile, report, round, say } from './figures.ts'
import { fill } from './fill.ts'
import { load, send } from './load.ts'
import type { Measured } from './neighbour.ts'
import { childrenOf, memoryOf } from './process-cost.ts'
import { log, onWholeMachine, type Running, type Stage } from './stage.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 12)
const kinds = (process.env.BENCH_ATTACKS?.split(',') ?? Object.keys(attackers)) as AttackerName[]
const targets = { ratio: 3, grown_mb: 100, given_back_s: 30 }
const password = 'correct horse 9'

async function register({ url }: Running, name: string): Promise<Target> {
  const email = `${name}@example.com`
  const body = JSON.stringify({ email, username: name, password })
  const { access_token: token } = JSON.parse(await send(url, '', { method: 'POST', path: '/auth/register', body }))
  return { url, token, email }
}

/** A list of five megabytes, and a log of some thousand events. */
async function fillForAttackers(stage: Stage, { url, token }: Target): Promise<void> {
  await stage.query(
    'taskwire',
    `insert into tasks (title, description, status, priority, category, position, created_by, updated_by)
     select 'long ' || n, repeat('0123456789abcdef ', 3000), 'todo', 1, 'long', n, 1000000, 1000000
     from generate_series(1, 100) as n`,
  )
  const body = JSON.stringify({ title: 'in the log', description: 'x'.repeat(2_000) })
  await load({ url, token, connections: 16, seconds: 6, next: () => ({ method: 'POST', path: '/tasks', body }) })
}

/** The memory of the server and of its decoding processes; the program itself is in memory once for all of them. */
const memory = (pid: number) =>
  childrenOf(pid).reduce((sum, child) => {
    try {
      return sum + memoryOf(child).own_mb
    } catch {
      return sum
    }
  }, memoryOf(pid).rss_mb)

/** Asks twice a second whether the instance is ready. */
function watchReady(url: string) {
  const answers: number[] = []
  const timer = setInterval(() => {
    fetch(`${url}/api/v1/health/ready`).then(
      ({ status }) => answers.push(status),
      () => answers.push(0),
    )
  }, 500)
  return () => {
    clearInterval(timer)
    return answers.filter(status => status !== 200).length
  }
}

await onWholeMachine(async stage => {
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire', 20_000)
  const env = {
    DATABASE_URL: stage.databaseUrl('taskwire'),
    ACCESS_TOKEN_TTL: '86400',
    LOG_LEVEL: 'fatal',
    HOST: '0.0.0.0',
  }
  const server = await stage.run('server/main.ts', env)
  const { url, pid } = server
  const attacker = { ...(await register(server, 'attacker')), url: fromOutside(url) }
  const { email } = await register(server, 'neighbour')
  await fillForAttackers(stage, attacker)
  const neighbour = new Worker(new URL('neighbour.ts', import.meta.url), { workerData: { url, email, password } })
  await once(neighbour, 'message')

  async function measure(): Promise<Measured> {
    neighbour.postMessage('begin')
    await sleep(seconds * 1_000)
    neighbour.postMessage('tell')
    return ((await once(neighbour, 'message')) as [Measured])[0]
  }

  await measure() // warm-up
  for (const kind of kinds) {
    say(kind)
    const quiet = await measure()
    const before = memory(pid)
    let peak = before
    const sampling = setInterval(() => (peak = Math.max(peak, memory(pid))), 100)
    const notReady = watchReady(url)
    const attack = await startAttacker(kind, attacker)
    const attacked = await measure()
    clearInterval(sampling)
    const unready = notReady()
    const accepted = await attack.accepted()
    await attack.stop()
    const p99 = (of: Measured, which: keyof Omit<Measured, 'failed'>) => round(percentile(of[which], 99), 1)
    const compare = (which: keyof Omit<Measured, 'failed'>) => ({
      quiet_p99_ms: p99(quiet, which),
      attacked_p99_ms: p99(attacked, which),
      ratio: round(percentile(attacked[which], 99) / percentile(quiet[which], 99), 1),
      count: attacked[which].length,
    })
    report('attack', {
      kind,
      accepted,
      calls: compare('calls'),
      sign_ins: compare('signIns'),
      deliveries: compare('deliveries'),
      failed: attacked.failed.length,
      ...(attacked.failed.length > 0 && { first_failure: attacked.failed[0] }),
      not_ready: unready,
      rss_mb: { before, peak },
      grown_mb: peak - before,
      targets,
    })
    await sleep(3_000)
  }
  neighbour.postMessage('stop')
  await once(neighbour, 'exit')
})
