import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { readTraceparent } from '../../server/kernel/traceparent.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addTask } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${trace}-00f067aa0ba902b7-01`

interface Exported {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: Record<string, unknown> }[]
}

/** A real receiver: of spans at /v1/traces, and of webhooks elsewhere. */
async function startReceiver() {
  const spans: Exported[] = []
  const calls: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    const take = (body: any) => {
      if (request.url !== '/v1/traces') calls.push(request.headers)
      else
        for (const { scopeSpans } of body.resourceSpans)
          for (const each of scopeSpans) spans.push(...(each.spans as Exported[]))
      response.setHeader('content-type', 'application/json').end('{}')
    }
    json(request).then(take, () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, spans, calls, close: () => new Promise(resolve => server.close(resolve).closeAllConnections()) }
}

describe('tracing', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  before(async () => void (receiver = await startReceiver()))
  after(() => receiver.close())

  describe('without a collector', () => {
    let server: TestServer
    let ann: Client
    before(async () => {
      server = await startServer({ env: { OUTBOUND_ALLOW_PRIVATE: 'true' } })
      ann = await server.user('ann')
    })
    after(() => server.close())

    it('[TR1] passes the trace of a request on to events and webhooks', async () => {
      await expect(ann.rest('POST', '/webhooks/register', { url: receiver.url, events: ['task.created'] }), 201)
      const { socket, of } = await listen(ann)
      const { offset, epoch } = await join(socket, ['tasks'])
      const headers = { traceparent }
      await expect(ann.rest('POST', '/tasks', { title: 'traced' }, headers), 201)
      await eventually(() => assert.equal(of('task_created').at(-1)?.traceparent, traceparent))
      const { body } = await expect(ann.rest('GET', `/events?room=tasks&since=${offset}&epoch=${epoch}`), 200)
      assert.equal(body.results[0].payload.traceparent, traceparent)
      await eventually(() => assert.equal(receiver.calls.at(-1)?.traceparent, traceparent))
    })

    it('[TR1] passes the trace of a call over a socket on', async () => {
      const task = await addTask(ann)
      const { socket, of } = await listen(ann)
      await join(socket, ['tasks'])
      const updates = { title: 'changed' }
      const answer = await socket.emitWithAck('task_update', { task_id: task.id, updates, traceparent })
      assert.equal(answer.ok, true)
      await eventually(() => assert.equal(of('task_updated').at(-1)?.traceparent, traceparent))
    })

    it('[TR2] treats a traceparent that is not valid like none', async () => {
      const { socket, of } = await listen(ann)
      await join(socket, ['tasks'])
      await expect(ann.rest('POST', '/tasks', { title: 'not traced' }, { traceparent: 'nonsense' }), 201)
      await eventually(() => assert.equal(of('task_created').length, 1))
      assert.ok(!('traceparent' in of('task_created')[0]))
    })
  })

  for (const [value, read] of [
    [traceparent, traceparent],
    [`01-${trace}-00f067aa0ba902b7-01-what-a-later-version-adds`, traceparent],
    [`ff-${trace}-00f067aa0ba902b7-01`, undefined],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
    [`00-${trace}-${'0'.repeat(16)}-01`, undefined],
    [traceparent.toUpperCase(), undefined],
    [`${traceparent} `, undefined],
    ['', undefined],
    [`${traceparent}-${'x'.repeat(1_000)}`, undefined],
  ] as const)
    it(`[TR2] reads ${JSON.stringify(value.slice(0, 60))} as ${read}`, () => {
      assert.equal(readTraceparent(value), read)
    })

  describe('with a collector', () => {
    it('[TR3] sends spans of the request, the commit, the sequencing, the delivery and the webhook, as one trace', async () => {
      const server = await startServer({
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`, OUTBOUND_ALLOW_PRIVATE: 'true' },
      })
      const ann = await server.user('ann')
      await expect(ann.rest('POST', '/webhooks/register', { url: receiver.url, events: ['task.created'] }), 201)
      receiver.calls.length = 0
      await expect(ann.rest('POST', '/tasks', { title: 'traced' }, { traceparent }), 201)
      await eventually(() => assert.equal(receiver.calls.length, 1))
      await server.close() // it sends what is left
      const own = receiver.spans.filter(({ traceId }) => traceId === trace)
      const [request, commit, sequence, deliver, webhook] = [
        'POST /tasks',
        'commit',
        'sequence task_created',
        'deliver task_created',
        'webhook',
      ].map(name => own.find(span => span.name === name)!)
      assert.equal(request!.parentSpanId, '00f067aa0ba902b7')
      assert.equal(commit!.parentSpanId, request!.spanId)
      for (const later of [sequence, deliver, webhook]) assert.equal(later!.parentSpanId, commit!.spanId)
      assert.equal(receiver.calls[0]!.traceparent, `00-${trace}-${webhook!.spanId}-01`)
      const route = request!.attributes.find(({ key }) => key === 'http.route')
      assert.deepEqual(route!.value, { stringValue: '/tasks' })
      assert.ok(
        receiver.spans.some(({ traceId }) => traceId !== trace),
        'other requests begin traces of their own',
      )
    })

    it('[TR3] works, and stops, while the collector is away', async () => {
      const server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } })
      const ann = await server.user('ann')
      await addTask(ann)
      await server.close()
    })

    it('[TR3] records no trace that its beginner does not record', async () => {
      const server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } })
      const ann = await server.user('ann')
      const quiet = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
      await expect(ann.rest('POST', '/tasks', { title: 'x' }, { traceparent: `00-${quiet}-00f067aa0ba902b7-00` }), 201)
      await server.close()
      assert.ok(!receiver.spans.some(({ traceId }) => traceId === quiet))
    })
  })
})
