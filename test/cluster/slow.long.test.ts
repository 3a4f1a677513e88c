import assert from 'node:assert/strict'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { addProject } from '../suites/answers.ts'
import { eventually } from '../support/eventually.ts'
import { ask } from './account.ts'
import type { Instance } from './instance.ts'
import { gather, disperse, proveExact } from './crowd.ts'
import { lateness, quantile, report, reportLateness } from './figures.ts'
import { follow, type Follower } from './follower.ts'
import { startLoad } from './load.ts'
import { openRawConnection } from './raw-connection.ts'
import { createSession } from './session.ts'
import { useStage } from './use-stage.ts'

describe('a client that takes nothing, or little', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2 })
  // 120 KB an event. The kernel's buffers between server and client hold some 10 MB.
  const description = '€'.repeat(40_000)
  const mostOnTheWay = 140
  let proxy: FaultProxy
  let followers: Follower[] = []
  afterEach(async () => {
    proxy.resume()
    proxy.throttle(null)
    await disperse(followers.splice(0))
    await proxy.close()
  })

  const memories = () => stage().instances.map(instance => instance.memory())

  /** Milliseconds until an instance has one connection less. */
  async function givenUp({ directUrl }: Instance): Promise<number> {
    const connections = async () =>
      (await ask(directUrl, 'GET', '/health/detailed')).body.components.sockets.connections as number
    const [began, all] = [performance.now(), await connections()]
    await eventually(async () => assert.equal(await connections(), all - 1), { within: 30_000, every: 100 })
    return performance.now() - began
  }

  for (const [how, weaken, silent] of [
    ['takes nothing', () => proxy.pause(), true],
    ['takes 20 KB a second', () => proxy.throttle(20_000), false],
  ] as const) {
    it(`[FT22] that ${how} loses nothing on resume, costs little memory, and disturbs nobody`, async () => {
      const { instances } = stage()
      const [instance] = instances as [(typeof instances)[0]]
      const ann = await stage().user('ann')
      const project = await addProject(ann.at(instance))
      const rooms = [`project_${project.id}`]
      proxy = await startFaultProxy(Number(new URL(instance.directUrl).port))
      const session = createSession(ann.at(instance), instances)
      const slow = follow({
        name: 'slow',
        session,
        open: openRawConnection,
        rooms,
        choose: () => instance,
        route: () => `http://127.0.0.1:${proxy.port}`,
      })
      followers = [slow, ...(await gather(stage(), ann, rooms))]
      await slow.settled()

      weaken()
      const before = memories()
      const write = (nth: number) => ({
        method: 'POST',
        path: '/tasks',
        body: { title: `${nth}`, description, project: project.id },
      })
      const load = startLoad({ session, instances, perSecond: 20, write })
      if (silent) report({ 'given up after s': (await givenUp(instance)) / 1_000 })
      else await eventually(() => assert.ok(load.settled.length - slow.got.length > mostOnTheWay), { within: 30_000 })
      const operations = await load.stop()
      const [grown, elsewhere] = memories().map((mb, nth) => mb - before[nth]!) as [number, number]
      const others = followers.filter(follower => follower !== slow)
      await proveExact(stage(), others, operations, new Set([project.id]))
      reportLateness(lateness(others, operations))
      report({
        'MB written': (operations.length * Buffer.byteLength(description)) / 2 ** 20,
        'memory grew by MB': grown,
        'of the other': elsewhere,
      })
      assert.ok(quantile(lateness(others, operations), 0.5) < 5_000)
      assert.ok(!(grown - elsewhere > 150), `${grown} MB`)

      proxy.throttle(null)
      proxy.resume()
      await proveExact(stage(), [slow], operations, new Set([project.id]))
      report({ connections: slow.connects, resumes: slow.resumes })
    })
  }
})
