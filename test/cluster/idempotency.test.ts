import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { ask } from './account.ts'
import { createSession } from './session.ts'
import { settle } from './settle.ts'
import { useStage } from './use-stage.ts'

describe('a key whose answer was lost', function () {
  this.timeout(120_000)
  const stage = useStage()

  it('[FT19] has one effect, one event and the same answer when it is repeated at three instances at once', async () => {
    const { instances, query } = stage()
    const ann = await stage().user('ann')
    const session = createSession(ann.at(instances[0]!), instances)
    const write = { method: 'POST', path: '/tasks', body: { title: 'only once' } }
    const { client } = instances[0]!.proxies
    client.delay(400)
    const first = ask(instances[0]!.url, write.method, write.path, {
      token: session.token,
      body: write.body,
      headers: { 'idempotency-key': 'the key', 'x-mutation-id': 'the key' },
    })
    const rows = () => query<{ id: number }>('select id from tasks where title = $1', [write.body.title])
    const lost = assert.rejects(first)
    await eventually(async () => assert.equal((await rows()).length, 1), { every: 5 })
    client.cut()
    await lost
    client.delay(0)

    const again = await Promise.all(
      instances.map(instance => settle({ session, key: 'the key', write, choose: () => instance })),
    )
    assert.deepEqual(
      again.map(({ status }) => status),
      [201, 201, 201],
    )
    for (const { body, oddities } of again) {
      assert.deepEqual(body, again[0]!.body)
      assert.deepEqual(oddities, [])
    }
    assert.deepEqual(
      (await rows()).map(({ id }) => Number(id)),
      [again[0]!.body.id],
    )
    await eventually(async () =>
      assert.equal((await query('select from event_log where mutation_id = $1', ['the key'])).length, 1),
    )
  })

  it('[FT19] has one effect when three instances get it at the same moment', async () => {
    const { instances, query } = stage()
    const session = createSession((await stage().user('ann')).at(instances[0]!), instances)
    const write = { method: 'POST', path: '/tasks', body: { title: 'at once' } }
    for (let round = 0; round < 10; round++) {
      const key = `round ${round}`
      const all = await Promise.all(instances.map(instance => settle({ session, key, write, choose: () => instance })))
      assert.equal(new Set(all.map(({ body }) => body.id)).size, 1)
      assert.ok(all.every(({ status }) => status === 201))
    }
    assert.equal((await query('select from tasks where title = $1', [write.body.title])).length, 10)
  })
})
