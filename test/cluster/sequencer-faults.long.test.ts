import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { lateness, reportLateness } from './figures.ts'
import type { Follower } from './follower.ts'
import type { Instance } from './instance.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

/** How long a fault goes on after another instance has taken over. */
const goesOnMs = 5_000

describe('the instance that sequences', function () {
  this.timeout(120_000)
  const stage = useStage()
  const under = useLoad(stage)
  // Half of the writes meanwhile go to the faulty instance first, and are tried again elsewhere.
  const load = { perSecond: 30, withinMs: 2_000 }

  const anotherThan = (victim: Instance) =>
    eventually(async () => assert.notEqual((await stage().sequencing()).name, victim.name), {
      within: 15_000,
      every: 200,
    })
  const elsewhere = (followers: Follower[], victim: Instance) => followers.filter(({ name }) => name[0] !== victim.name)

  it('[FT4] is replaced when it is killed, and nothing is lost, repeated or out of order', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      await victim.kill()
      await anotherThan(victim)
      await sleep(500)
      await victim.start()
    })
    const late = lateness(elsewhere(followers, victim), operations)
    reportLateness(late)
    assert.ok(late.at(-1)! < 5_000)
  })

  it('[FT5] is replaced within seconds when it is frozen, and does no harm when it wakes up', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      victim.freeze()
      await anotherThan(victim)
      await sleep(goesOnMs)
      victim.thaw()
      await sleep(1_000)
    })
    const late = lateness(elsewhere(followers, victim), operations)
    reportLateness(late)
    assert.ok(late.at(-1)! < 8_000)
  })

  it('[FT6] is replaced when its connection to PostgreSQL is silent, and comes back', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      victim.proxies.database.pause()
      await anotherThan(victim)
      await sleep(goesOnMs)
      victim.proxies.database.resume()
      await sleep(1_000)
    })
    const late = lateness(elsewhere(followers, victim), operations)
    reportLateness(late)
    assert.ok(late.at(-1)! < 8_000)
  })

  it('[FT6] is replaced when PostgreSQL refuses it', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      await victim.proxies.database.refuse()
      await anotherThan(victim)
      await sleep(goesOnMs)
      await victim.proxies.database.restore()
      await sleep(1_000)
    })
    reportLateness(lateness(elsewhere(followers, victim), operations))
  })
})
