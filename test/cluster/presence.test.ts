import assert from 'node:assert/strict'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import type { Account } from './account.ts'
import { report } from './figures.ts'
import type { Instance } from './instance.ts'
import { openRawConnection } from './raw-connection.ts'
import { useStage } from './use-stage.ts'

const room = 'tasks'

describe('presence over several instances', function () {
  this.timeout(120_000)
  const stage = useStage()
  const at = (nth: number) => stage().instances[nth]!
  let watcher: Account
  before(async () => void (watcher = await stage().user('watcher')))

  /** The people in the room as an instance reports them: connections by person. */
  async function membersAt(instance: Instance): Promise<Map<number, { connections: number; state: object }>> {
    const { body } = await watcher.at(instance).rest('GET', `/rooms/${room}/members`)
    return new Map(body.results.map((member: any) => [member.user_id, member]))
  }
  const everywhere = (check: (members: Awaited<ReturnType<typeof membersAt>>) => void, within = 5_000) =>
    eventually(async () => (await Promise.all(stage().instances.map(membersAt))).forEach(check), { within, every: 50 })

  async function sit(account: Account, instance: Instance) {
    const visit = await listen(account.at(instance))
    await join(visit.socket, [room])
    return visit
  }

  it('[FT13] treats tabs at three instances as one person, who leaves with the last of them', async () => {
    const [watch, ann] = [await sit(watcher, at(0)), await stage().user('ann')]
    const tabs = []
    for (const instance of stage().instances) tabs.push(await sit(ann, instance))
    await everywhere(members => assert.equal(members.get(ann.person.id)?.connections, 3))
    tabs[1]!.socket.disconnect()
    tabs[2]!.socket.disconnect()
    await everywhere(members => assert.equal(members.get(ann.person.id)?.connections, 1))
    const began = performance.now()
    tabs[0]!.socket.disconnect()
    await eventually(() => assert.equal(watch.of('user_left').length, 1))
    report({ 'reported gone after ms': performance.now() - began })
    assert.deepEqual(
      watch.of('user_joined', 'user_left').map(({ user_id }) => user_id),
      [ann.person.id, ann.person.id],
    )
    await everywhere(members => assert.equal(members.has(ann.person.id), false))
    watch.socket.disconnect()
  })

  it('[FT14] shows a state set at one instance at all of them, and the last write wins', async () => {
    const ann = await stage().user('ann')
    const tabs = await Promise.all(stage().instances.map(instance => sit(ann, instance)))
    const states = (state: object) =>
      everywhere(members => assert.deepEqual(members.get(ann.person.id)?.state, state), 2_000)
    for (const [nth, { socket }] of tabs.entries()) {
      await socket.emitWithAck('presence_set', { room, state: { editing: nth } })
      await states({ editing: nth })
    }
    tabs[2]!.socket.disconnect()
    await states({})
    for (const { socket } of tabs) socket.disconnect()
  })

  it('[FT15] empties no room when Redis is restarted, and makes good what was missed', async () => {
    const [watch, ann, bob] = [await sit(watcher, at(0)), await stage().user('ann'), await stage().user('bob')]
    const stays = await sit(ann, at(1))
    await everywhere(members => assert.ok(members.has(ann.person.id)))
    await stage().redis.kill()
    const comes = await sit(bob, at(2))
    await everywhere(members => assert.ok(members.has(ann.person.id)))
    await stage().redis.restart()
    const began = performance.now()
    await everywhere(members => assert.ok(members.has(bob.person.id)), 10_000)
    report({ 'restored after ms': performance.now() - began })
    assert.ok(watch.of('user_left').every(({ user_id }) => ![ann, bob].some(({ person }) => person.id === user_id)))
    for (const { socket } of [watch, stays, comes]) socket.disconnect()
  })

  describe('when a client vanishes without a disconnect', () => {
    let watch: Awaited<ReturnType<typeof sit>>
    let [broken, blinking, killed]: Account[] = []
    let began = 0
    const leftAfter = (account: Account, within: number) =>
      eventually(
        async () => {
          assert.ok(watch.of('user_left').some(({ user_id }) => user_id === account.person.id))
          return performance.now() - began
        },
        { within },
      )

    // All at once, because each takes its time.
    before(async () => {
      ;[broken, blinking, killed] = await Promise.all(['broken', 'blinking', 'killed'].map(name => stage().user(name)))
      watch = await sit(watcher, at(0))
      const connections = await Promise.all(
        [broken!, blinking!].map(account => {
          const { token } = account.at(at(1))
          return openRawConnection({ url: at(1).url, auth: { token }, receive: () => {} })
        }),
      )
      for (const connection of connections) await connection.call('join_room', { room })
      await sit(killed!, at(2))
      await everywhere(members => [broken, blinking, killed].forEach(one => assert.ok(members.has(one!.person.id))))
      began = performance.now()
      await at(2).kill()
      for (const connection of connections) connection.drop()
      await sit(blinking!, at(0))
    })
    after(() => stage().heal())

    it('[FT16] reports a person with a broken connection as gone within 12 s', async () => {
      report({ 'after ms': await leftAfter(broken!, 12_000) })
    })

    it('[FT16] does not report a person who is back at another instance by then', () => {
      assert.ok(watch.of('user_left').every(({ user_id }) => user_id !== blinking!.person.id))
    })

    it('[FT17] reports the people of a killed instance as gone within 30 s', async () => {
      report({ 'after ms': await leftAfter(killed!, 30_000) })
      await everywhere(members =>
        assert.deepEqual([members.has(killed!.person.id), members.has(blinking!.person.id)], [false, true]),
      )
    })
  })
})
