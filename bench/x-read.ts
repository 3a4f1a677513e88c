import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabase, startInstances, startBenchRedis } from './cluster-stage.ts'
import { send } from './load.ts'
import { cpuUs } from './process-cost.ts'
import { withStage } from './stage.ts'
await withStage(async stage => {
  for (const redis of [true, false]) {
    await emptyDatabase(stage)
    const r = redis ? await startBenchRedis() : null
    const cluster = await startInstances(stage, 2, r ? r.url : null)
    const [a, b] = cluster.instances
    const go = async (n: number, pause: number) => { for (let i = 0; i < n; i += 4) { await Promise.all([0,1,2,3].map(k => send(a!.url, cluster.token, { method: 'POST', path: '/tasks', body: JSON.stringify({ title: `${i} ${k}` }) }))); await sleep(pause) } }
    await go(400, 10); await sleep(2000)
    const t0 = performance.now(); const c0 = cpuUs(b!.pid); await sleep(5000); const idle = (cpuUs(b!.pid) - c0) / (performance.now() - t0)
    const t1 = performance.now(); const c1 = cpuUs(b!.pid); await go(1600, 20); await sleep(1000)
    const used = cpuUs(b!.pid) - c1 - idle * (performance.now() - t1)
    console.log({ redis, idle_us_per_ms: idle, per_event_us: used / 1600, rate: 1600 / (performance.now() - t1) * 1000 })
    await cluster.stop(); await r?.stop?.()
  }
})
