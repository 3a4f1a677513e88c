import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type Operation, operations } from '../../contract/index.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { fingerprint } from '../suites/event-log.ts'

describe('addresses and methods', () => {
  let server: TestServer
  let ann: Client
  let task: any
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    task = await addTask(ann)
  })
  after(() => server.close())

  const send = (method: string, path: string, headers: Record<string, string> = {}, at = server.url) =>
    new Promise<{ status: number; headers: any; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(at)
      const sent = request({
        hostname,
        port,
        method,
        path,
        headers: { authorization: `Bearer ${ann.token}`, ...headers },
      })
      sent.on('error', reject)
      sent.on('response', response => {
        let text = ''
        response.on('error', reject)
        response.on('data', chunk => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      })
      sent.end()
    })

  it('[HT9] answers a client that accepts no JSON with 406, in JSON', async () => {
    refuses(await ann.rest('GET', '/tasks', undefined, { accept: 'text/csv' }), 'not_acceptable')
    for (const accept of ['application/*', 'text/html, */*;q=0.1', 'application/json'])
      await expect(ann.rest('GET', '/tasks', undefined, { accept }), 200)
  })

  it('[HT9] answers a request for a private file with the usual 404', async () => {
    const withPage = await startServer({ page: true })
    for (const path of ['/.env', '/assets/.git', '/nothing.js']) {
      // Written by hand, because `fetch` normalises addresses.
      const { status, text } = await send('GET', path, {}, withPage.url)
      assert.deepEqual([path, status, JSON.parse(text).error.code], [path, 404, 'not_found'])
    }
    await withPage.close()
  })

  it('[HT9] answers an unknown address of the API with 404 in JSON and never with the page, in any spelling', async () => {
    const withPage = await startServer({ page: true })
    const paths = [
      '/API/v1/nothing',
      '/Api',
      '//api/v1/tasks',
      '/api//v1/tasks',
      '/%61pi/v1/nothing',
      '/SOCKET.IO/x',
      '/api',
      '/./api/v1/nothing',
      '/x/../Api/nothing',
      '/%2e/api/nothing',
      '/x\\..\\api\\nothing',
    ]
    for (const path of paths) {
      const answer = await fetch(`${withPage.url}${path}`)
      refuses({ status: answer.status, headers: answer.headers, body: await answer.json() }, 'not_found')
    }
    assert.match(await (await fetch(`${withPage.url}/apiary`)).text(), /<!doctype html>/i)
    await withPage.close()
  })

  for (const path of [
    '/nothing',
    '/tasks/1/nothing',
    '/',
    '',
    '/tasks/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/__proto__',
    '/tasks%2f1',
  ])
    it(`[HT1] answers 404 for ${path || 'the root'}`, async () => {
      const { status, text } = await send('GET', `/api/v1${path}`)
      assert.deepEqual([status, JSON.parse(text).error.code], [404, 'not_found'])
    })

  for (const path of ['/API/v1/tasks', '/api/V1/tasks', '/api/v1/Tasks', '//api/v1/tasks', '/api/v2/tasks', '/apiary'])
    it(`[HT1] does not accept ${path} as another name of an endpoint`, async () => {
      for (const method of ['GET', 'POST']) assert.equal((await send(method, path)).status, 404)
    })

  for (const path of ['/tasks/', '/projects/', '/auth/me/', '/health/live/'])
    it(`[HT2] accepts the slash at the end of ${path}`, async () => {
      assert.equal((await ann.rest('GET', path)).status, 200)
    })

  it('[HT2] accepts it in writes too', async () => {
    const { body, headers } = await expect(ann.rest('POST', '/tasks/', { title: 'x' }), 201)
    assert.equal(headers.get('location'), `/api/v1/tasks/${body.id}`)
    await expect(ann.rest('DELETE', `/tasks/${body.id}/`), 204)
  })

  it('[HT2] serves /api like /api/v1, and keeps its links below /api', async () => {
    const list = JSON.parse((await send('GET', '/api/tasks?page_size=1&page=2')).text)
    assert.match(list.previous, /^\/api\/tasks\?/)
    const response = await fetch(`${server.url}/api/tasks`, {
      method: 'POST',
      body: '{"title":"x"}',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
    })
    assert.match(response.headers.get('location')!, /^\/api\/tasks\/\d+$/)
  })

  const known = new Map<string, Set<string>>()
  for (const set of Object.values(operations))
    for (const operation of Object.values(set) as Operation[])
      for (const { method, path } of [operation, ...(operation.aliases ?? [])]) {
        const address = path.replace(/:\w+/g, '1')
        known.set(address, (known.get(address) ?? new Set()).add(method.toUpperCase()))
      }
  for (const [path, methods] of known) {
    it(`[HT3] refuses other methods on ${path} and lists the allowed ones`, async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE', 'POST', 'TRACE', 'PROPFIND', 'LOCK'].filter(
        one => !methods.has(one),
      )) {
        // A longer name can also be read as an id.
        const { status, headers, text } = await send(method, `/api/v1${path}`)
        if (status === 400) continue
        assert.deepEqual([method, status, JSON.parse(text).error.code], [method, 405, 'method_not_allowed'])
        for (const one of methods) assert.ok(headers.allow.split(', ').includes(one), headers.allow)
      }
    })
  }

  it('[HT3] lists the methods on OPTIONS, for everybody', async () => {
    const { status, headers, text } = await send('OPTIONS', '/api/v1/tasks', { authorization: '' })
    assert.deepEqual([status, text], [204, ''])
    assert.deepEqual(headers.allow.split(', ').sort(), ['GET', 'HEAD', 'OPTIONS', 'POST'])
    assert.equal((await send('OPTIONS', '/api/v1/nothing')).status, 404)
  })

  it('[HT3] answers HEAD like GET without the body', async () => {
    for (const path of ['/tasks', `/tasks/${task.id}`, '/health/live', '/nothing', '/tasks/x']) {
      const [head, get] = [await send('HEAD', `/api/v1${path}`), await send('GET', `/api/v1${path}`)]
      assert.deepEqual([head.status, head.text, head.headers.etag], [get.status, '', get.headers.etag])
    }
    assert.equal((await send('HEAD', '/api/v1/tasks', { authorization: '' })).status, 401)
  })

  for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
    it(`[HT3] ignores ${header}`, async () => {
      const { body } = await expect(ann.rest('POST', '/tasks', { title: 'x' }, { [header]: 'DELETE' }), 201)
      assert.equal((await send('GET', `/api/v1/tasks/${body.id}`, { [header]: 'DELETE' })).status, 200)
      refuses(await ann.rest('GET', `/tasks/${body.id}?_method=DELETE`), 'validation_error', ['_method'])
      await expect(ann.rest('GET', `/tasks/${body.id}`), 200)
    })

  for (const path of ['/tasks/%E0%A4%A', '/tasks/%', '/projects/%ff', '/tasks?%=%', '/tasks?search=%ff'])
    it(`[BI10] answers ${path} without a fault`, async () => {
      const { status, text } = await send('GET', `/api/v1${path}`)
      assert.ok([200, 400, 404].includes(status), `${status} ${text}`)
    })

  it('[BI10] changes nothing on GET, by a cookie and for an administrator either (attack 70)', async () => {
    const cookie = `auth_token=${server.admin.token}`
    const before = await fingerprint(server)
    // It signs in with an account of its own, which it removes again (MO6).
    const paths = [...known.keys()].filter(path => path !== '/monitoring/validate/authentication')
    for (const path of paths) {
      await ann.rest('GET', path)
      await server.rest('GET', path, undefined, { cookie })
    }
    assert.equal(await fingerprint(server), before)
  })
})
