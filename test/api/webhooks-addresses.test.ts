import assert from 'node:assert/strict'
import { addTask, refuses } from '../suites/answers.ts'
import { deliveriesOf, register, startReceiver } from '../suites/webhook-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('webhooks of a server that calls the public internet only', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0',
    'localhost',
    'localhost.',
    'api.localhost',
    'metadata.google.internal',
    'redis',
    'printer.local.',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '169.254.169.254',
    '100.64.0.1',
    '192.168.1.1',
  ])
    it(`[WK4] refuses ${host} on registering and on changing (attack 98)`, async () => {
      const bad = `http://${host}/hook`
      refuses(await ann.rest('POST', '/webhooks/register', { url: bad, events: ['*'] }), 'validation_error', ['url'])
      const { id } = await register(ann, 'https://203.0.114.7/hook')
      refuses(await ann.rest('PATCH', `/webhooks/${id}`, { url: bad }), 'validation_error', ['url'])
      await expect(ann.rest('DELETE', `/webhooks/${id}`), 200)
    })

  it('[WK4] sends nothing to an address that is private by then, whatever it was before (attack 98)', async () => {
    const receiver = await startReceiver()
    const { id } = await register(ann, 'https://203.0.114.7/hook', ['task.created'])
    // As a name does that resolves to another address later.
    await server.query('update webhooks set url = $1 where id = $2', [receiver.url, id])
    await addTask(ann)
    const [delivery] = await eventually(async () => {
      const found = await deliveriesOf(ann, id)
      assert.notEqual(found[0]?.error ?? null, null)
      return found
    })
    assert.deepEqual([delivery.error, receiver.got], ['the address is not on the public internet', []])
    const { delivered } = (await expect(ann.rest('POST', '/webhooks/test', { webhook_id: id }), 200)).body.data
    assert.deepEqual([delivered, receiver.got], [false, []])
    await receiver.close()
  })

  for (const port of [22, 25, 81, 993])
    it(`[WK4] refuses port ${port}, which belongs to another service`, async () => {
      const bad = `https://203.0.114.7:${port}/`
      refuses(await ann.rest('POST', '/webhooks/register', { url: bad, events: ['*'] }), 'validation_error', ['url'])
    })
})
