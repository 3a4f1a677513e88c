import assert from 'node:assert/strict'
import { OpenFeature } from '@openfeature/web-sdk'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { EventSource } from 'eventsource'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'

describe('evaluation of feature flags by OFREP', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    await toggle({ name: 'new-board', enabled: true })
    await toggle({ name: 'for-bob', enabled: true, rollout_percent: 0, rules: [{ users: [bob.person.id] }] })
    await toggle({ name: 'half', enabled: true, rollout_percent: 50 })
  })
  after(async () => {
    await OpenFeature.close()
    await server.close()
  })

  const toggle = async (body: object) =>
    (await expect(server.admin.rest('POST', '/features/toggle', body), 200)).body.data
  const post = async (client: Client | null, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/ofrep/v1/evaluate/flags${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(client && { authorization: `Bearer ${client.token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }
  const pathOfStream = async (client: Client) => (await post(client, '')).body.eventStreams[0].endpoint.requestUri
  const one = async (client: Client, flag: string, context?: object) =>
    (await post(client, `/${flag}`, { context })).body

  it('[FF7] evaluates one flag for the caller', async () => {
    assert.deepEqual(await one(bob, 'for-bob'), {
      key: 'for-bob',
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
    })
    assert.deepEqual(await one(ann, 'for-bob'), { key: 'for-bob', value: false, variant: 'off', reason: 'STATIC' })
    const targetingKey = String(ann.person.id)
    assert.equal((await one(ann, 'new-board', { targetingKey, colour: 'blue' })).value, true)
  })

  it('[FF7] lets nobody but administrators ask what others get (attack 118)', async () => {
    const target = { targetingKey: String(bob.person.id) }
    assert.equal((await one(server.admin, 'for-bob', target)).value, true)
    assert.equal((await one(ann, 'for-bob', target)).value, false)
    assert.equal((await one(server.admin, 'for-bob', { targetingKey: 'a device' })).value, false)
  })

  it('[FF7] puts the same targeting key into the same part of a rollout (attack 118)', async () => {
    const values = async () =>
      Promise.all(
        Array.from({ length: 20 }, async (_, nth) => (await one(ann, 'half', { targetingKey: `device ${nth}` })).value),
      )
    const first = await values()
    assert.deepEqual(await values(), first)
    assert.equal(new Set(first).size, 2)
  })

  it('[FF7] evaluates all flags at once, and sends nothing again to who has them', async () => {
    const all = await post(bob, '', {})
    assert.equal(all.status, 200)
    assert.deepEqual(
      all.body.flags.map(({ key, value }: any) => [key, value]).filter(([key]: any) => key !== 'half'),
      [
        ['for-bob', true],
        ['new-board', true],
      ],
    )
    const etag = all.headers.get('etag')!
    assert.match(etag, /^"[^"]+"$/)
    const again = await post(bob, '', {}, { 'if-none-match': etag })
    assert.deepEqual([again.status, again.body], [304, null])
    await toggle({ name: 'new-board', enabled: false })
    const changed = await post(bob, '', {}, { 'if-none-match': etag })
    assert.equal(changed.status, 200)
    await toggle({ name: 'new-board', enabled: true })
    assert.equal((await post(bob, '', {}, { 'if-none-match': etag })).status, 304, 'they are as they were')
  })

  it('[FF7] answers errors in the words of the protocol, beside those of our own', async () => {
    const missing = await post(ann, '/none')
    assert.equal(missing.status, 404)
    assert.deepEqual([missing.body.key, missing.body.errorCode], ['none', 'FLAG_NOT_FOUND'])
    assert.equal(missing.body.error.code, 'not_found')
    const bad: [string, unknown, string][] = [
      ['no JSON', '{', 'PARSE_ERROR'],
      ['a context that is none', { context: 1 }, 'INVALID_CONTEXT'],
      ['a key that is no text', { context: { targetingKey: 5 } }, 'INVALID_CONTEXT'],
      ['a key that is empty', { context: { targetingKey: '' } }, 'INVALID_CONTEXT'],
      ['a list', [], 'INVALID_CONTEXT'],
    ]
    for (const [what, body, code] of bad)
      for (const path of ['', '/new-board']) {
        const answer = await post(ann, path, body)
        assert.deepEqual([answer.status, answer.body.errorCode], [400, code], `${what} ${path}`)
      }
    assert.equal((await post(null, '')).status, 401)
    assert.equal((await post(null, '/new-board')).status, 401)
  })

  it('[FF4] evaluates what a restored backup says, of which no event tells', async () => {
    await toggle({ name: 'restored', enabled: true })
    assert.equal((await one(ann, 'restored')).value, true)
    await server.query(`update flags set enabled = false where name = 'restored'`)
    await server.query('update log_head set epoch = gen_random_uuid()::text')
    await eventually(async () => assert.equal((await one(ann, 'restored')).value, false))
  })

  it('[FF8] streams that flags have changed, to live sessions only', async () => {
    const path = await pathOfStream(ann)
    const response = await fetch(`${server.url}${path}`)
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.match((await reader.read()).value!, /^retry: \d+\n\n$/)
    await toggle({ name: 'new-board', description: 'changed' })
    assert.equal((await reader.read()).value, 'data: {"type":"refetchEvaluation"}\n\n')
    await reader.cancel()

    const get = async (ticket: string) => (await fetch(`${server.url}/ofrep/v1/stream?ticket=${ticket}`)).status
    assert.deepEqual(
      await Promise.all([get(''), get('a.b'), get(path.split('ticket=')[1]!.slice(0, -2))]),
      [401, 401, 401],
    )
    const gone = await server.user()
    const own = await pathOfStream(gone)
    await expect(gone.rest('POST', '/auth/logout'), 204)
    assert.equal((await fetch(`${server.url}${own}`)).status, 401)
  })

  it('[FF8] bounds the streams of one person', async () => {
    const ending = new AbortController()
    const path = await pathOfStream(bob)
    const open = () => fetch(`${server.url}${path}`, { signal: ending.signal })
    const opened = await Promise.all(Array.from({ length: 50 }, open))
    assert.ok(opened.every(({ status }) => status === 200))
    assert.equal((await open()).status, 429)
    ending.abort()
    await eventually(async () => {
      const response = await fetch(`${server.url}${path}`)
      assert.equal(response.status, 200)
      await response.body!.cancel()
    })
  })

  it('[FF8] forgets streams of clients that leave while they open', async () => {
    const path = await pathOfStream(bob)
    for (let nth = 0; nth < 80; nth++) {
      const ending = new AbortController()
      const opening = fetch(`${server.url}${path}`, { signal: ending.signal }).catch(() => null)
      setImmediate(() => ending.abort())
      await opening
    }
    await eventually(async () => {
      const response = await fetch(`${server.url}${path}`)
      await response.body!.cancel()
      assert.equal(response.status, 200)
    })
  })

  it('[FF7] works with OpenFeature’s own provider, which follows changes over the stream', async () => {
    Object.assign(globalThis, { EventSource })
    const provider = new OFREPWebProvider({
      baseUrl: server.url,
      headers: [['Authorization', `Bearer ${ann.token}`]],
      changeDetection: 'sse',
    } as ConstructorParameters<typeof OFREPWebProvider>[0])
    await OpenFeature.setProviderAndWait(provider, { targetingKey: String(ann.person.id) })
    const client = OpenFeature.getClient()
    assert.equal(client.getBooleanValue('new-board', false), true)
    assert.equal(client.getBooleanDetails('for-bob', true).reason, 'STATIC')
    assert.equal(client.getBooleanDetails('none', true).value, true)
    await toggle({ name: 'for-bob', rules: [{ users: [ann.person.id] }] })
    await eventually(() => assert.equal(client.getBooleanValue('for-bob', false), true))
  })
})
