import { parseArgs } from 'node:util'
import { createRandom } from '../../fuzz/random.ts'
import { startIssuer } from '../../suites/oidc-issuer.ts'
import { startRedis } from '../../support/redis.ts'
import { openStage } from '../stage.ts'
import { allViolations, renderReport } from './report.ts'
import { chaosEnvWith, runChaos } from './run.ts'
import { randomSchedule } from './schedule.ts'

/**
 * `npm run chaos -- --seed N --minutes M`: random faults, by which nothing may be lost. With `--clients 500 --pause 1000`
 * (milliseconds between two writes of one person) it is a soak test; `--alive` ends no instance, so that it shows whether
 * one grows. `--attackers 4` runs that many attackers at a time, one kind after the other.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    minutes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '20' },
    pause: { type: 'string', default: '100' },
    attackers: { type: 'string', default: '0' },
    alive: { type: 'boolean', default: false },
  },
})
const [seed, minutes, clients, pauseMs, attackers] = [
  values.seed,
  values.minutes,
  values.clients,
  values.pause,
  values.attackers,
].map(Number) as [number, number, number, number, number]
if (
  !Number.isSafeInteger(seed) ||
  !(minutes > 0) ||
  !(Number.isSafeInteger(clients) && clients > 0) ||
  !(pauseMs > 0) ||
  !(Number.isSafeInteger(attackers) && attackers >= 0)
) {
  console.error(
    'Usage: npm run chaos -- --seed <whole number> --minutes <number> --clients <number> --pause <ms> --attackers <number> --alive',
  )
  process.exit(2)
}

/** Everything that was started, to be stopped at the end or on a signal. */
const started: (() => Promise<unknown>)[] = []
const stopAll = async () => {
  for (const stop of started.splice(0).toReversed()) await stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(130)))
}

console.log(`seed ${seed}: three instances, ${clients} clients, ${minutes} minutes`)
const redis = await startRedis()
started.push(() => redis.stop())
const issuer = await startIssuer()
started.push(() => issuer.close())
const stage = await openStage({ redis, ownPostgres: true, env: chaosEnvWith(issuer) })
started.push(() => stage.close())
const report = await runChaos(stage, {
  seed,
  clients,
  schedule: randomSchedule(createRandom(seed), { alive: values.alive }),
  lastsMs: minutes * 60_000,
  pauseMs,
  attackers,
  issuer,
  print: line => console.log(line),
})
console.log(renderReport(seed, minutes, report))
const failed = allViolations(report).length > 0
if (failed) {
  for (const { name, output } of stage.instances) console.log(`--- ${name}\n${output().slice(-40).join('\n')}`)
  console.log(
    `\nAgain: npm run chaos -- --seed ${seed} --minutes ${minutes} --clients ${clients} --pause ${pauseMs} --attackers ${attackers}${values.alive ? ' --alive' : ''}`,
  )
}
await stopAll()
process.exit(failed ? 1 : 0)
