import assert from 'node:assert/strict'
import { createGzip } from 'node:zlib'
import { eventually } from '../support/eventually.ts'
import { videoId } from '../support/oembed.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { type Answering, startWebServer, type WebServer } from '../support/web-server.ts'
import { addTask } from '../suites/answers.ts'
import { tracesOf } from '../suites/traces.ts'
import { importVideos } from '../suites/video-imports.ts'
import {
  deliveriesOf,
  type Receiver,
  register,
  settles,
  startReceiver,
  verify,
  webhookEnv,
  webhookTuning,
} from '../suites/webhook-receiver.ts'

describe('calls to the servers of an attacker', () => {
  let server: TestServer
  let ann: Client
  /** The provider of videos, which an import must reach under no other address. */
  let provider: WebServer
  let receiver: Receiver
  before(async () => {
    provider = await startWebServer((_, response) => void response.writeHead(204).end())
    receiver = await startReceiver()
    server = await startServer({
      env: { ...webhookEnv, OEMBED_YOUTUBE_URL: `${provider.url}/youtube` },
      tuning: { ...webhookTuning, jobBackoffMs: 5 },
    })
    ann = await server.user('ann')
  })
  after(async () => {
    await server.close()
    await Promise.all([provider.close(), receiver.close()])
  })

  it('[VI9] an import reads no address inside the network, in any spelling (attack 98)', async () => {
    const { port } = provider
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      'localhost',
      '[::ffff:127.0.0.1]',
      '①２7.0.0.1',
    ]
    const urls = hosts.flatMap(host => [
      `http://${host}:${port}/watch?v=${videoId(1)}`,
      `http://www.youtube.com@${host}:${port}/watch?v=${videoId(1)}`,
    ])
    const job = await importVideos(ann, ...urls)
    assert.deepEqual([job.processed_items, job.failed_items], [urls.length, urls.length])
    assert.deepEqual(provider.asked, [])
  })

  /** Writes for as long as the other side reads. */
  const endless: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16 * 1024, ' ')));
    }
    response.on('drain', more)
    more()
  }
  const compressed: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    const packing = createGzip()
    packing.pipe(response)
    const more = () => {
      while (!response.destroyed && packing.write(Buffer.alloc(1024 * 1024, ' ')));
    }
    packing.on('drain', more)
    response.on('close', () => packing.destroy())
    more()
  }
  for (const [nth, [what, answer]] of Object.entries({
    'without an end': endless,
    'compressed without an end': compressed,
  }).entries())
    it(`[OU3] an answer ${what} is cut, and its connection closed (attack 102)`, async () => {
      let closed = false
      provider.answer((request, response) => {
        response.on('close', () => (closed = true))
        answer(request, response)
      })
      const { result } = await importVideos(ann, `https://youtu.be/${videoId(10 + nth)}`)
      assert.deepEqual([result.items[0].status, result.items[0].code], ['failed', 'unavailable'])
      await eventually(() => assert.equal(closed, true))
    })

  it('[WK8] of the answer to a delivery only the status is kept (attack 105)', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer(({ message }, response) =>
      response
        .writeHead(message.type === 'webhook.test' ? 500 : 200, 'zaubermaus', { 'x-inside': 'zaubermaus' })
        .end('{"secret":"zaubermaus"}'),
    )
    await addTask(ann)
    await settles(ann, id, 'delivered')
    const tried = (await expect(ann.rest('POST', '/webhooks/test', { webhook_id: id }), 200)).body
    assert.equal(tried.data.status_code, 500)
    await settles(ann, id, 'failed', 'delivered')
    const shown = [await deliveriesOf(ann, id), tried, (await ann.rest('GET', '/webhooks/list')).body]
    assert.doesNotMatch(JSON.stringify(shown), /zaubermaus/)
    assert.deepEqual(await tracesOf(server, ['zaubermaus']), [])
  })

  it('[WK1] a delivery that was forged or changed is not verified with the secret (attack 105)', async () => {
    const { id, secret } = await register(ann, receiver.url, ['task.created'])
    const other = await register(ann, receiver.url, ['task.deleted'])
    receiver.answer((_, response) => void response.writeHead(204).end())
    const before = receiver.got.length
    await addTask(ann)
    await settles(ann, id, 'delivered')
    const got = receiver.got.slice(before).find(received => {
      try {
        return verify(secret, received)
      } catch {
        return false
      }
    })!
    assert.equal(got.message.type, 'task.created')
    const forged = [
      { ...got, raw: got.raw.replace('task.created', 'task.deleted') },
      { ...got, headers: { ...got.headers, 'webhook-id': `msg_${'0'.repeat(32)}` } },
      {
        ...got,
        headers: { ...got.headers, 'webhook-timestamp': String(Number(got.headers['webhook-timestamp']) + 1) },
      },
      { ...got, headers: { ...got.headers, 'webhook-signature': 'v1,AAAA' } },
    ]
    for (const one of forged) assert.throws(() => verify(secret, one))
    assert.throws(() => verify(other.secret, got))
  })
})
