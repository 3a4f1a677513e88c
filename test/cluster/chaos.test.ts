import assert from 'node:assert/strict'
import { renderReport } from './chaos/report.ts'
import { type ChaosReport, chaosEnvWith, runChaos } from './chaos/run.ts'
import { fixedSchedule } from './chaos/schedule.ts'
import { type Issuer, startIssuer } from '../suites/oidc-issuer.ts'
import { useStage } from './use-stage.ts'

/** Seeds that once found a fault stay here; CHAOS_SEED runs one more. `npm run chaos` runs for longer. */
const seeds = [1, ...(process.env.CHAOS_SEED ? [Number(process.env.CHAOS_SEED)] : [])]

for (const seed of seeds) {
  describe(`chaos (seed ${seed})`, function () {
    this.timeout(420_000)
    const env: Record<string, string> = {}
    let issuer: Issuer
    before(async () => {
      issuer = await startIssuer()
      Object.assign(env, chaosEnvWith(issuer))
    })
    const stage = useStage({ ownPostgres: true, env })
    after(() => issuer.close())
    let report: ChaosReport
    before(async () => {
      report = await runChaos(stage(), {
        seed,
        clients: 20,
        schedule: fixedSchedule,
        lastsMs: 50_000,
        pauseMs: 100,
        issuer,
        print: line => console.log(`      ${line}`),
      })
      console.log(renderReport(seed, 1, report).replaceAll('\n', '\n      '))
    })

    it('[CH1] delivers to each client exactly what the log holds for it, in order, once, whatever fails', () => {
      assert.deepEqual(report.violations.delivery, [])
      assert.deepEqual([report.lost, report.doubled, report.disordered, report.strange], [0, 0, 0, 0])
      assert.ok(report.events > 200 && report.healing.size >= 5, 'too few events or faults')
    })

    it('[CH2] gives each acknowledged write its effect once, and nothing else has an effect', () => {
      assert.deepEqual(report.violations.writes, [])
    })

    it('[CH3] lets no process die that was not killed, and memory comes back', () => {
      assert.deepEqual([report.violations.processes, report.violations.memory], [[], []])
    })

    it('[CH5] sends each webhook everything that its owner may read at least once, nothing else, and without a hole', () => {
      assert.deepEqual(report.violations.webhooks, [])
    })

    it('[CH6] sends people who are let go nothing that is later in the log, whatever fails', () => {
      assert.deepEqual(report.violations.ends, [])
    })

    it('[CH4] leaves every instance with exactly the people in each room who are there', () => {
      assert.deepEqual(report.violations.presence, [])
    })
  })
}
