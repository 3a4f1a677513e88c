// How long does `npm start` take when there is data, and how much memory does an idle server use?
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../server/adapters/database-migration.ts'
import { median, report, round, say } from './figures.ts'
import { fill } from './fill.ts'
import { onAllCores } from './pinning.ts'
import { childrenOf, memoryOf } from './process-cost.ts'
import { addressOf, log, root, withStage } from './stage.ts'

const starts = 5
const idleMs = 10_000
const targets = { ready_ms: 1_200, rss_mb: 200 }

const { dataDir } = await withStage(async stage => {
  say('filling 100,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
})

/** @returns milliseconds until it printed that it is ready, and until its health check said so */
async function start(thenMs: number) {
  const began = performance.now()
  const [command, args] = onAllCores(process.execPath, ['scripts/run.mjs', 'server/main.ts'])
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', DATABASE_URL: '', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await addressOf(child)
  const readyMs = performance.now() - began
  const { status } = await fetch(`${url}/api/v1/health/ready`)
  const answeredMs = performance.now() - began
  await sleep(thenMs)
  const [server] = childrenOf(child.pid!)
  const memory = memoryOf(server!)
  child.kill('SIGTERM')
  await once(child, 'close')
  return { readyMs, answeredMs, status, memory }
}

// The first start creates the administrator, the secrets and possibly the page.
await start(0)
const all = []
for (let nth = 1; nth <= starts; nth++) {
  all.push(await start(nth === starts ? idleMs : 0))
  say(`start ${nth}: ${round(all.at(-1)!.readyMs)} ms`)
}
report('start', {
  starts,
  ready_ms: round(median(all.map(({ readyMs }) => readyMs))),
  ready_ms_all: all.map(({ readyMs }) => round(readyMs)),
  first_answer_ms: round(median(all.map(({ answeredMs }) => answeredMs))),
  status: all.at(-1)!.status,
  idle_after_10_s: all.at(-1)!.memory,
  targets,
})
