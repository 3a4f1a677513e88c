import assert from 'node:assert/strict'
import { createClient, earliest, isTaskwireError, positionOf, TaskwireError } from '../../sdk/index.ts'

interface Call {
  method: string
  path: string
  headers: Headers
  body: unknown
}

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> } | Error

/** A server that gives these answers one after the other, and then repeats the last one. */
function scripted(...replies: Reply[]) {
  const calls: Call[] = []
  const fetch = (async (url: string, init: RequestInit = {}) => {
    const reply = replies[Math.min(calls.length, replies.length - 1)]!
    const { pathname, search } = new URL(url)
    calls.push({
      method: init.method ?? 'GET',
      path: pathname + search,
      headers: new Headers(init.headers),
      body: init.body === undefined ? undefined : JSON.parse(String(init.body)),
    })
    if (reply instanceof Error) throw reply
    const { status = 200, body = {}, headers = {} } = reply
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers })
  }) as typeof globalThis.fetch
  const credentials = { access_token: 'old', refresh_token: 'r1' }
  return { calls, client: createClient({ url: 'http://tw.test', credentials, fetch }) }
}

const problem = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: { error: { code, message: 'no', ...more }, timestamp: '', request_id: 'q1' },
})
const tokens = { access_token: 'new', refresh_token: 'r2', token_type: 'Bearer', expires_in: 900, user: {} }
const soon = { 'Retry-After': '0' }

describe('sdk: the client', () => {
  it('[SDK9] splits the flat input into path, query and body', async () => {
    const { client, calls } = scripted({})

    await client.tasks.list({ category: ['web', 'ops'], status: 'todo', page_size: 5 })
    await client.projects.setMember({ id: 'a b', user_id: 7, role: 'editor' })

    assert.equal(calls[0]?.path, '/api/v1/tasks?category=web&category=ops&status=todo&page_size=5')
    assert.equal(calls[1]?.path, '/api/v1/projects/a%20b/members/7')
    assert.deepEqual(calls[1]?.body, { role: 'editor' })
  })

  it('[SDK9] opens an envelope', async () => {
    const { client } = scripted({ body: { success: true, data: { results: [1] }, message: '', timestamp: '' } })

    assert.deepEqual(await client.accounts.listSessions(), { results: [1] })
  })

  it('[SDK9] sends a version as If-Match, and a mutation id in its header', async () => {
    const { client, calls } = scripted({})

    await client.tasks.update({ id: 3, title: 'x' }, { version: 4, mutationId: 'm1' })

    assert.equal(calls[0]?.headers.get('If-Match'), '"4"')
    assert.equal(calls[0]?.headers.get('X-Mutation-Id'), 'm1')
  })

  it('[SDK10] throws an error with everything that the server answered', async () => {
    const { client } = scripted(problem(400, 'validation_error', { field_errors: { title: ['too long'] } }))

    await assert.rejects(client.tasks.create({ title: 'x' }), (error: TaskwireError) => {
      assert.equal(isTaskwireError(error, 'validation_error'), true)
      assert.deepEqual([error.status, error.fieldErrors, error.requestId], [400, { title: ['too long'] }, 'q1'])
      return true
    })
  })

  it('[SDK10] throws the same kind of error for the answer of a proxy', async () => {
    const { client } = scripted({ status: 502, body: 'Bad gateway' })

    await assert.rejects(client.accounts.login({ email: 'a', password: 'b' }), { code: 'unavailable', status: 502 })
  })

  it('[SDK11] renews an expired token once for all waiting calls, and sends each call again', async () => {
    const expired = problem(401, 'token_expired')
    const { client, calls } = scripted(expired, expired, { body: tokens }, {})

    await Promise.all([client.tasks.get({ id: 1 }), client.tasks.get({ id: 2 })])

    assert.deepEqual(
      calls.map(({ path, headers }) => [path.replace('/api/v1', ''), headers.get('Authorization')]),
      [
        ['/tasks/1', 'Bearer old'],
        ['/tasks/2', 'Bearer old'],
        ['/auth/refresh', null],
        ['/tasks/1', 'Bearer new'],
        ['/tasks/2', 'Bearer new'],
      ],
    )
    assert.deepEqual(calls[2]?.body, { refresh_token: 'r1' })
  })

  it('[SDK11] ends the session on a refused renewal, and not on an unanswered one', async () => {
    const ended: string[] = []
    const refused = scripted(problem(401, 'token_expired'), problem(401, 'session_ended'))
    refused.client.onSignedOut(reason => ended.push(reason))
    const unanswered = scripted(problem(401, 'token_expired'), new TypeError('no network'))
    unanswered.client.onSignedOut(reason => ended.push(reason))

    await assert.rejects(refused.client.tasks.update({ id: 1 }), { code: 'session_ended' })
    await assert.rejects(unanswered.client.accounts.updateMe({}), { code: 'network_error' })

    assert.deepEqual(ended, ['session_ended'])
  })

  it('[SDK12] repeats a create whose answer was lost, with the same key', async () => {
    const { client, calls } = scripted(new TypeError('reset'), { status: 201, body: { id: 1 } })

    await client.tasks.create({ title: 'x' })

    const [first, second] = calls.map(({ headers }) => headers.get('Idempotency-Key'))
    assert.match(first ?? '', /^[0-9a-f]{32}$/)
    assert.equal(second, first)
  })

  it('[SDK12] repeats a call later when the server asks for that', async () => {
    const { client, calls } = scripted({ ...problem(503, 'unavailable'), headers: soon } as Reply, {})

    await client.tasks.get({ id: 1 })

    assert.equal(calls.length, 2)
  })

  it('[SDK12] never repeats a call with a final answer, or a sign-in', async () => {
    const judged = scripted(problem(409, 'conflict'))
    const login = scripted(new TypeError('reset'))

    await assert.rejects(judged.client.projects.create({ name: 'x' }), { code: 'conflict' })
    await assert.rejects(login.client.accounts.login({ email: 'a', password: 'b' }), { code: 'network_error' })

    assert.deepEqual([judged.calls.length, login.calls.length], [1, 1])
  })

  it('[SDK13] knows the position of an answer in the log, and the earliest of several answers', async () => {
    const headers = (offset: string) => ({ headers: { 'X-Event-Epoch': 'a', 'X-Event-Offset': offset } })
    const { client } = scripted(headers('9'), headers('7'))

    const found = [positionOf(await client.tasks.list()), positionOf(await client.projects.list())]

    assert.deepEqual(earliest(found), { epoch: 'a', offset: 7 })
    assert.equal(earliest([...found, undefined]), undefined)
    assert.equal(earliest([...found, { epoch: 'b', offset: 1 }]), undefined)
  })
})
