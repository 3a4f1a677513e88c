import assert from 'node:assert/strict'
import { failingByFaults, note } from '../support/documented/faults.ts'
import { checkAcknowledgement, checkMessage } from '../support/documented/messages.ts'
import { checkAnswer, type Exchange } from '../support/documented/answers.ts'

const at = '2026-01-31T09:00:00.000Z'
const comment = { id: 1, task_id: 2, body: 'x', author_id: 3, mentions: [], version: 1, created_at: at, updated_at: at }
const error = (code: string) => ({ error: { code, message: 'x' }, timestamp: at, request_id: 'x' })

/** Every answer in the tests is checked by these functions, so this tests what they must refuse. */
describe('checking answers against openapi.json', () => {
  const good: Exchange = {
    method: 'PATCH',
    path: '/comments/1',
    sent: { body: 'x' },
    status: 200,
    headers: new Headers({ 'x-request-id': 'a', 'x-process-time': '0.1', 'x-api-version': '1.0.0', etag: '"1"' }),
    body: comment,
  }
  const headers = (more: Record<string, string> = {}) =>
    new Headers({ 'x-request-id': 'a', 'x-process-time': '0.1', 'x-api-version': '1.0.0', ...more })

  for (const [name, fine] of Object.entries<Partial<Exchange>>({
    'a documented answer': {},
    'a documented error': { status: 403, headers: headers(), body: error('forbidden') },
    'an unknown address': { path: '/nothing', status: 404, body: error('not_found') },
    'an unknown method': { method: 'PUT', status: 405, body: error('method_not_allowed') },
    'a head': { method: 'HEAD', path: '/health', headers: headers(), body: '' },
    'a refusal, whatever was refused': {
      sent: { x: 1 },
      status: 400,
      headers: headers(),
      body: error('invalid_json'),
    },
  }))
    it(`[DC7] accepts ${name}`, () => checkAnswer({ ...good, ...fine }))

  for (const [name, wrong, message] of [
    ['a further field', { body: { ...comment, likes: 3 } }, /comments\.update 200: likes is not documented/],
    ['a missing field', { body: { ...comment, version: undefined } }, /comments\.update 200: .*version/],
    ['another type', { body: { ...comment, mentions: ['3'] } }, /comments\.update 200: mentions\.0 must be integer/],
    ['a time without a zone', { body: { ...comment, created_at: '2026-01-31' } }, /created_at must match format/],
    ['another status', { status: 202 }, /comments\.update answered 202/],
    [
      'a 204 with a body',
      { method: 'DELETE', status: 204, headers: headers(), body: {} },
      /comments\.delete 204 has a body/,
    ],
    [
      'another code',
      { status: 403, headers: headers(), body: error('not_found') },
      /comments\.update 403: error\.code/,
    ],
    ['a missing header', { headers: headers() }, /comments\.update 200 has no ETag/],
    ['a further header', { headers: headers({ etag: '"1"', location: '/x' }) }, /has location/],
    [
      'a 429 without Retry-After',
      { status: 429, headers: headers(), body: error('rate_limited') },
      /429 has no Retry-After/,
    ],
    [
      'an undocumented body that was accepted',
      { sent: { body: 'x', title: 'y' } },
      /took a body that is not documented: title/,
    ],
    ['an undocumented parameter that was accepted', { path: '/comments/1?x=1' }, /took the parameter x/],
    ['an unknown address', { path: '/nothing' }, /answered 200, and is not documented/],
    [
      'an error in another form',
      { path: '/nothing', status: 404, body: { error: 'no' } },
      /answered 404: the whole must have/,
    ],
    ['a missing envelope', { method: 'GET', path: '/audit/logs', body: {} }, /audit\.list 200/],
  ] as [string, Partial<Exchange>, RegExp][])
    it(`[DC7] refuses ${name}, and names the operation`, () => {
      assert.throws(() => checkAnswer({ ...good, ...wrong }), message)
    })

  it('[DC7] refuses a wrong event in the log', () => {
    const read = (payload: object) => ({
      method: 'GET',
      path: '/events?room=tasks&since=0',
      body: {
        epoch: 'x',
        recovered: true,
        results: [{ offset: 1, at, event: 'comment_deleted', payload }],
        next_since: 1,
        complete: true,
      },
    })
    const payload = { comment_id: 1, task_id: 2, version: 3, deleted_by: 4 }
    checkAnswer({ ...good, headers: headers(), ...read(payload) })
    const wrong = read({ ...payload, why: 'x' })
    assert.throws(
      () => checkAnswer({ ...good, headers: headers(), ...wrong }),
      /comment_deleted: why is not documented/,
    )
  })

  it('[DC7] distinguishes a literal address from one with an id', () => {
    const bulk = { path: '/tasks/bulk-delete', method: 'DELETE' }
    assert.throws(() => checkAnswer({ ...good, ...bulk }), /tasks\.bulkDelete 200/)
  })
})

describe('checking messages against asyncapi.json', () => {
  const event = { comment, task_id: 2, created_by: 3, offset: 7, at }

  it('[DC7] accepts documented messages', () => {
    checkMessage('comment_created', event)
    checkMessage('comment_created', { ...event, mutation_id: 'x' })
    checkMessage('user_left', { user_id: 1, room: 'tasks' })
    checkMessage('error', { ...error('rate_limited'), event: 'join_room' })
    checkAcknowledgement('leave_room', { room: 'tasks' }, { ok: true, room: 'tasks' })
    checkAcknowledgement('nothing', { x: 1 }, { ok: false, ...error('validation_error') })
  })

  for (const [name, payload, message] of [
    ['comment_created', { ...event, extra: 1 }, /comment_created: extra is not documented/],
    ['comment_created', { ...event, comment: { ...comment, extra: 1 } }, /comment_created: comment\.extra/],
    ['comment_created', { ...event, offset: undefined }, /comment_created: .*offset/],
    ['user_left', { user_id: 1, room: 'tasks', offset: 3 }, /user_left: offset is not documented/],
    ['comment_liked', {}, /comment_liked is not documented/],
    ['join_room', { room: 'tasks' }, /the event join_room is not documented/],
  ] as [string, object, RegExp][])
    it(`[DC7] refuses the wrong event ${name} ${JSON.stringify(payload).slice(-20)}`, () => {
      assert.throws(() => checkMessage(name, payload), message)
    })

  for (const [call, answer, message, input = {}] of [
    ['leave_room', { ok: true }, /leave_room_answer: .*room/],
    ['leave_room', { ok: true, room: 'tasks', at }, /leave_room_answer: at is not documented/],
    ['leave_room', { ok: false, error: 'no' }, /refusal: /],
    ['nothing', { ok: true }, /the call nothing is not documented/],
    ['leave_room', null, /leave_room_answer/],
    ['leave_room', { ok: true, room: 'tasks' }, /leave_room: x is not documented/, { room: 'tasks', x: 1 }],
  ] as [string, unknown, RegExp, object?][])
    it(`[DC7] refuses the wrong acknowledgement ${JSON.stringify(answer).slice(0, 30)} of ${call}`, () => {
      assert.throws(() => checkAcknowledgement(call, input, answer), message)
    })
})

describe('faults noted during a test', () => {
  const throwing = (message: string) => () => {
    throw new Error(message)
  }

  it('[DC7] fail the test in which they were noted, whatever else fails', async () => {
    const finding = failingByFaults('a test', () => {
      note(throwing('x is not documented'))
      note(throwing('a consequence'))
    })
    await assert.rejects(finding(), /^Error: x is not documented$/)
    const failing = failingByFaults('a test', async () => {
      note(throwing('x is not documented'))
      throw new Error('lost')
    })
    await assert.rejects(failing(), /x is not documented/)
  })

  it('[DC7] are forgotten afterwards, and other errors stay unchanged', async () => {
    await failingByFaults('a test', () => note(() => {}))()
    await assert.rejects(failingByFaults('a test', throwing('its own'))(), /^Error: its own$/)
  })
})
