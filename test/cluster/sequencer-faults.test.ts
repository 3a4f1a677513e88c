import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { lateness, tellLateness } from './figures.ts'
import type { Follower } from './follower.ts'
import type { Instance } from './instance.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

describe('the instance that sequences', function () {
  this.timeout(60_000)
  const stage = useStage()
  const under = useLoad(stage)
  // Half of what is written meanwhile goes to the one that is ill at first, and is tried elsewhere.
  const load = { perSecond: 30, withinMs: 2_000 }

  const anotherThan = (victim: Instance) =>
    eventually(async () => assert.notEqual((await stage().sequencing()).name, victim.name), {
      within: 15_000,
      every: 200,
    })
  const elsewhere = (followers: Follower[], victim: Instance) => followers.filter(({ name }) => name[0] !== victim.name)

  it('[FT4] when it is killed another goes on, and nothing is lost, doubled or out of order', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      await victim.kill()
      await anotherThan(victim)
      await sleep(500)
      await victim.start()
    })
    const late = lateness(elsewhere(followers, victim), operations)
    tellLateness(late)
    assert.ok(late.at(-1)! < 5_000)
  })

  it('[FT5] when it is frozen another goes on after seconds, and waking up it does no harm', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      victim.freeze()
      await anotherThan(victim)
      await sleep(5_000)
      victim.thaw()
      await sleep(1_000)
    })
    const late = lateness(elsewhere(followers, victim), operations)
    tellLateness(late)
    assert.ok(late.at(-1)! < 8_000)
  })

  it('[FT6] when its line to PostgreSQL falls silent another goes on, and the old one comes back', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      victim.lines.database.pause()
      await anotherThan(victim)
      await sleep(3_000)
      victim.lines.database.resume()
      await sleep(1_000)
    })
    const late = lateness(elsewhere(followers, victim), operations)
    tellLateness(late)
    assert.ok(late.at(-1)! < 8_000)
  })

  it('[FT6] so it does when PostgreSQL refuses it', async () => {
    const victim = await stage().sequencing()
    const { operations, followers } = await under(load, async () => {
      await victim.lines.database.refuse()
      await anotherThan(victim)
      await sleep(2_000)
      await victim.lines.database.restore()
      await sleep(1_000)
    })
    tellLateness(lateness(elsewhere(followers, victim), operations))
  })
})
