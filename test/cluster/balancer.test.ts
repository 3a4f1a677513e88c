import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { APIError } from '../../contract/index.ts'
import { type Balancer, startBalancer } from '../../server/cli/cluster/balancer.ts'
import { eventually } from '../support/eventually.ts'
import { type FakeInstance, startFakeInstance } from './fake-instance.ts'

describe('the balancer', () => {
  let one: FakeInstance
  let two: FakeInstance
  let balancer: Balancer

  const start = async (checkEveryMs: number, silenceMs = 60_000) => {
    const options = { port: 0, host: '127.0.0.1', upstreams: () => [one, two], checkEveryMs, silenceMs }
    balancer = await startBalancer(options)
    await eventually(() => assert.ok(balancer.isUp(one) && balancer.isUp(two)))
  }
  beforeEach(async () => {
    ;[one, two] = [await startFakeInstance('one'), await startFakeInstance('two')]
    await start(50)
  })
  afterEach(async () => {
    await balancer.close()
    await Promise.all([one.kill(), two.kill()])
  })

  const ask = async (path = '/', init?: RequestInit) => {
    const response = await fetch(`${balancer.url}${path}`, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const post = (body: string) => ask('/', { method: 'POST', body })
  const dial = async (headers = {}) => {
    const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/socket?x=1`, { headers })
    const [greeting] = await once(socket, 'message')
    return { socket, greeting: String(greeting) }
  }
  /** Keeps a request open at one instance, so that the other one is less busy. */
  const occupy = (busy: FakeInstance, free: FakeInstance) => {
    free.answer = (_, response) => void response.end(free.name)
    busy.answer = () => undefined
  }

  it('[OP1] spreads requests over the instances that are ready', async () => {
    for (let nth = 0; nth < 10; nth++) await ask()
    assert.deepEqual([one.asked.length, two.asked.length], [5, 5])
  })

  it('[OP1] sends nothing to an instance that reports not to be ready, until it is ready again', async () => {
    one.ready = false
    await eventually(() => assert.ok(!balancer.isUp(one)))
    for (let nth = 0; nth < 4; nth++) assert.equal((await ask()).text, 'two')
    one.ready = true
    await eventually(() => assert.ok(balancer.isUp(one)))
    one.asked = []
    for (let nth = 0; nth < 4; nth++) await ask()
    assert.equal(one.asked.length, 2, 'requests that have ended do not count')
  })

  it('[OP1] prefers the instance with fewer open requests', async () => {
    occupy(one, two)
    const stuck = [post('a'), post('b')].map(asked => asked.catch(() => null))
    await eventually(() => assert.equal(one.asked.length, 1))
    for (let nth = 0; nth < 6; nth++) assert.equal((await ask()).text, 'two')
    assert.equal(one.asked.length, 1)
    await one.kill()
    await Promise.all(stuck)
  })

  describe('before a health check has noticed a failure', () => {
    beforeEach(async () => {
      await balancer.close()
      await start(60_000)
      await one.kill()
    })

    it('[OP2] fails no request because of an instance that refuses, and loses no byte of a body', async () => {
      two.answer = (asked, response) => void text(asked).then(body => response.end(`two ${body.length}`))
      for (const length of [200_000, 0]) assert.equal((await post('x'.repeat(length))).text, `two ${length}`)
    })

    it('[OP2] fails no WebSocket because of it either', async () => {
      assert.match((await dial()).greeting, /^two/)
    })
  })

  it('[OP2] sends traffic to an instance again when it is back', async () => {
    await one.kill()
    assert.equal((await ask()).text, 'two')
    await one.revive()
    await eventually(async () => assert.equal((await ask()).text, 'one'))
  })

  it('[OP3] passes WebSockets through, and closes both ends together', async () => {
    const { socket, greeting } = await dial()
    const instance = greeting.startsWith('one') ? one : two
    assert.equal(greeting.split(' ')[1], '/socket?x=1')
    socket.send('there and back')
    assert.equal(String((await once(socket, 'message'))[0]), 'there and back')
    instance.sockets[0]!.close(4001, 'go elsewhere')
    const [code, reason] = await once(socket, 'close')
    assert.deepEqual([code, String(reason)], [4001, 'go elsewhere'])
    await eventually(() => assert.equal(instance.connections.size, 0))
  })

  it('[OP3] closes the connection to the instance when the client is gone, and the other way round', async () => {
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    const asked = request(balancer.url, { headers: { ...headers, 'sec-websocket-key': 'x'.repeat(22) + '==' } }).end()
    const [, upgraded] = await once(asked, 'upgrade')
    upgraded.resetAndDestroy()
    await eventually(() => assert.deepEqual([...one.connections, ...two.connections], []))

    const { socket } = await dial()
    const ended = once(socket, 'close')
    socket.on('error', () => undefined)
    await Promise.all([one.kill(), two.kill()])
    assert.equal((await ended)[0], 1006)
  })

  it('[OP4] passes the client’s address to instances, after what the client claims', async () => {
    one.answer = two.answer = ({ headers }, response) => void response.end(JSON.stringify(headers))
    const headers = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil' }
    const heard = JSON.parse((await ask('/', { headers })).text)
    assert.equal(heard['x-forwarded-for'], '1.2.3.4, 127.0.0.1')
    assert.equal(heard['x-forwarded-proto'], 'http')
    assert.equal(heard['x-forwarded-host'], new URL(balancer.url).host)
    assert.match((await dial(headers)).greeting, /x=1 1\.2\.3\.4, 127\.0\.0\.1$/)
  })

  it('[OP5] answers as the API does when no instance is up', async () => {
    await Promise.all([one.kill(), two.kill()])
    const answer = await post('{}')
    assert.equal(answer.status, 503)
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal(APIError.parse(JSON.parse(answer.text)).error.code, 'unavailable')
    const [error] = await once(new WebSocket(balancer.url.replace('http', 'ws')), 'error')
    assert.match(String(error), /503/)
  })

  it('[OP6] streams bodies both ways before they are complete', async () => {
    one.answer = two.answer = (asked, response) => void asked.pipe(response)
    const sent = request(balancer.url, { method: 'POST' })
    sent.write('first')
    const [answer] = await once(sent, 'response')
    assert.equal(String((await once(answer, 'data'))[0]), 'first')
    sent.end('last')
    assert.equal(await text(answer), 'last')
  })

  it('[OP6] ends the request to the instance when the client goes away', async () => {
    one.answer = two.answer = () => undefined
    const gone = new AbortController()
    const asked = ask('/', { signal: gone.signal }).catch(() => null)
    await eventually(() => assert.equal(one.asked.length + two.asked.length, 1))
    gone.abort()
    await asked
    await eventually(() => assert.equal(one.connections.size + two.connections.size, 0))
    assert.equal(one.asked.length + two.asked.length, 1)
  })

  it('[OP6] does not pass half an answer as a whole one', async () => {
    one.answer = two.answer = ({ socket }, response) => void response.write('half', () => socket.resetAndDestroy())
    await assert.rejects(ask(), TypeError)
  })

  it('[OP6] delivers an answer that comes before the whole request was read', async () => {
    one.answer = two.answer = (asked, response) => {
      response.writeHead(413).end('too large')
      asked.resume()
    }
    const { status, text: body } = await post('x'.repeat(5_000_000))
    assert.deepEqual([status, body], [413, 'too large'])
  })

  it('[OP7] repeats a read when the instance dies during it, and answers 503 to a request that may have had an effect', async () => {
    one.answer = ({ socket }) => void socket.resetAndDestroy()
    for (let nth = 0; nth < 4; nth++) assert.equal((await ask()).text, 'two')
    two.answer = one.answer
    const before = one.asked.length + two.asked.length
    assert.equal((await post('once')).status, 503)
    assert.equal(one.asked.length + two.asked.length, before + 1)
  })

  it('[OP7] repeats a read that an instance does not answer', async () => {
    await balancer.close()
    await start(50, 300)
    occupy(one, two)
    const answers = await Promise.all([ask(), ask(), ask(), ask()])
    assert.deepEqual(
      answers.map(answer => answer.text),
      ['two', 'two', 'two', 'two'],
    )
    assert.ok(one.asked.length > 0)
  })
})
