import assert from 'node:assert/strict'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Parser } from '@asyncapi/parser'
import {
  bulkEvents,
  commands,
  events,
  type Operation,
  operations,
  signals,
  topics,
  transfers,
} from '../../contract/index.ts'
import { asyncApi } from '../../server/faces/rest/documents/asyncapi.ts'
import { openApi } from '../../server/faces/rest/documents/openapi.ts'

const about = { version: '1.2.3', publicUrl: undefined, basePath: '' }

/** Every object in a document that is a schema of an object with named fields. */
function* objects(part: unknown): Generator<Record<string, unknown>> {
  if (part === null || typeof part !== 'object') return
  const one = part as Record<string, unknown>
  if (one.type === 'object' && one.properties) yield one
  for (const inner of Object.values(one)) yield* objects(inner)
}

describe('openapi.json', () => {
  const document = openApi(about) as any
  const all = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const find = (id: string) => all.find(({ operation }) => operation.operationId === id)!.operation
  const codesOf = (id: string, status: number): string[] => {
    const name = find(id).responses[status]?.$ref?.split('/').at(-1)
    return name === undefined ? [] : document.components.responses[name].description.replaceAll('`', '').split(', ')
  }
  const parametersOf = (id: string): any[] =>
    (find(id).parameters ?? []).map((one: any) =>
      one.$ref ? document.components.parameters[one.$ref.split('/').at(-1)] : one,
    )
  const namesOf = (id: string, place: string) => parametersOf(id).flatMap(one => (one.in === place ? one.name : []))

  it('[DC3] is valid OpenAPI 3.1 for a linter', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // A tag is the name of a resource, whose operations have a summary each. A sign-on only leads elsewhere (302).
      rules: { 'tag-description': 'off', 'operation-2xx-response': 'off' },
    })
    const problems = await lintFromString({ source: JSON.stringify(document), config })
    assert.deepEqual(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
      [],
    )
  })

  it('[DC3] has every operation of the contract at each of its addresses, and no other', () => {
    const promised = Object.values<Record<string, Operation>>({ ...operations })
      .concat(Object.values(transfers))
      .flatMap(set => Object.values(set))
      .flatMap(operation => [operation, ...(operation.aliases ?? [])])
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    assert.ok(promised.length > 70)
    assert.deepEqual(all.map(({ method, path }) => `${method} ${path}`).toSorted(), promised.toSorted())
  })

  it('[DC3] names each operation as the SDK does, with another name at each address', () => {
    const ids = all.map(({ operation }) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length)
    for (const [resource, set] of [...Object.entries(operations), ...Object.entries(transfers)])
      for (const name of Object.keys(set)) assert.deepEqual(find(`${resource}.${name}`).tags, [resource])
    assert.equal(document.paths['/tasks/bulk-delete'].post.operationId, 'tasks.bulkDelete.post')
  })

  it('[DC4] describes addresses, queries and headers, with numbers as numbers', () => {
    assert.deepEqual(namesOf('projects.setMember', 'path'), ['id', 'user_id'])
    const query = Object.fromEntries(parametersOf('tasks.list').map(one => [one.name, one]))
    assert.deepEqual(query.page_size.schema, { type: 'integer', minimum: 1, maximum: 100, default: 20 })
    assert.deepEqual(query.assignee_id.schema.items, { type: 'integer', exclusiveMinimum: 0 })
    assert.equal(query.due_date_start.schema.format, 'date-time')
    assert.deepEqual(parametersOf('notifications.list').find(({ name }) => name === 'unread').schema, {
      type: 'boolean',
    })
    assert.equal(parametersOf('eventLog.read').find(({ name }) => name === 'room').required, true)
  })

  for (const [id, headers] of [
    ['posts.create', ['Idempotency-Key', 'X-Mutation-Id', 'traceparent']],
    ['videos.update', ['Idempotency-Key', 'X-Mutation-Id', 'traceparent', 'If-Match']],
    ['comments.delete', ['Idempotency-Key', 'X-Mutation-Id', 'traceparent', 'If-Match']],
    ['media.upload', ['Idempotency-Key', 'X-Mutation-Id', 'traceparent']],
    ['projects.get', ['If-None-Match']],
    ['media.thumbnail', ['If-None-Match', 'Range']],
    ['accounts.login', []],
    ['people.list', []],
  ] as const)
    it(`[DC4] gives ${id} the headers ${headers.join(', ') || 'of all operations'}`, () => {
      assert.deepEqual(namesOf(id, 'header'), headers)
    })

  for (const [id, status, codes] of [
    ['posts.update', 412, ['version_conflict']],
    ['posts.create', 412, []],
    ['posts.get', 403, ['forbidden', 'account_disabled']],
    ['audit.list', 403, ['forbidden', 'account_disabled', 'address_not_allowed']],
    ['videos.delete', 403, ['forbidden', 'csrf_failed', 'account_disabled']],
    ['accounts.login', 401, ['invalid_credentials', 'second_factor_required']],
    ['accounts.register', 409, ['conflict']],
    ['people.list', 404, []],
    ['people.get', 404, ['not_found']],
    ['jobs.status', 404, ['not_found']],
    ['health.live', 401, []],
    ['media.upload', 507, ['insufficient_storage']],
  ] as const)
    it(`[DC4] lets ${id} answer ${status} with ${codes.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(codesOf(id, status), codes)
    })

  it('[DC4] describes each kind of answer: 201 with Location, 204, 304, an envelope, parts of a file', () => {
    assert.deepEqual(Object.keys(find('posts.create').responses['201'].headers).slice(8), ['ETag', 'Location'])
    assert.equal(find('posts.delete').responses['204'].content, undefined)
    assert.ok(find('videos.get').responses['304'])
    assert.deepEqual(Object.keys(find('audit.list').responses['200'].headers).slice(8), [
      'X-Event-Epoch',
      'X-Event-Offset',
    ])
    const { schema } = find('jobs.cancel').responses['200'].content['application/json']
    assert.deepEqual(schema.required, ['success', 'data', 'message', 'timestamp'])
    assert.deepEqual(schema.properties.data, { $ref: '#/components/schemas/Job' })
    assert.deepEqual(Object.keys(find('media.file').responses).slice(0, 3), ['200', '206', '304'])
    assert.equal(find('health.ready').responses['503'].content['application/json'].schema.anyOf.length, 2)
  })

  it('[DC4] describes a form with files', () => {
    const { properties } = find('media.upload').requestBody.content['multipart/form-data'].schema
    assert.deepEqual([Object.keys(properties), properties.file.maxItems], [['project', 'task_id', 'file'], 10])
    const single = find('imports.tasks').requestBody.content['multipart/form-data'].schema
    assert.deepEqual([single.properties.file.type, single.required], ['string', ['file']])
    assert.deepEqual(single.properties.dry_run, { type: 'boolean', default: false })
  })

  it('[DC4] says who may call: everybody, or a caller with a token, an API key, or a cookie and its CSRF token', () => {
    assert.deepEqual(find('health.summary').security, [])
    assert.deepEqual(find('tasks.list').security, [{ bearer: [] }, { ApiKeyAuth: [] }, { cookie: [] }])
    assert.deepEqual(find('tasks.delete').security, [{ bearer: [] }, { ApiKeyAuth: [] }, { cookie: [], csrf: [] }])
    assert.deepEqual(find('apiKeys.list').security, [{ bearer: [] }, { cookie: [] }])
    assert.deepEqual(find('accounts.refresh').security, [{}, { refreshCookie: [], csrf: [] }])
  })

  it('[DC5] allows further fields in answers, and refuses unknown ones in requests', () => {
    for (const { operation } of all) {
      // A form comes from a program that does not know this one, and may hold more.
      const isForm = operation.requestBody?.content['application/x-www-form-urlencoded'] !== undefined
      if (!isForm) for (const one of objects(operation.requestBody)) assert.equal(one.additionalProperties, false)
      for (const one of objects(operation.responses)) assert.notEqual(one.additionalProperties, false)
    }
    const fromServer = Object.values(document.components.schemas).flatMap(one => [...objects(one)])
    assert.ok(fromServer.length > 15)
    for (const one of fromServer) assert.notEqual(one.additionalProperties, false)
  })
})

describe('asyncapi.json', () => {
  const document = asyncApi(about) as any
  const messagesIn = (channel: string) => Object.keys(document.channels[channel].messages)

  it('[DC6] is valid AsyncAPI 3 for its own parser', async () => {
    const problems = await new Parser().validate(JSON.stringify(document))
    // All tools read 3.0; 3.1 has nothing that is needed here.
    const others = problems.filter(({ code }) => code !== 'asyncapi-latest-version')
    assert.deepEqual(
      others.map(({ message, path }) => `${message} ${path.join('/')}`),
      [],
    )
  })

  it('[DC6] has every event, bulk event, signal and call of the contract', () => {
    const promised = [events, bulkEvents, signals, commands].flatMap(set => Object.keys(set))
    const missing = promised.filter(name => document.components.messages[name]?.name !== name)
    assert.deepEqual(missing, [])
    const placed = new Set(Object.keys(document.channels).flatMap(messagesIn))
    assert.deepEqual(
      Object.keys(document.components.messages).filter(name => !placed.has(name)),
      [],
    )
  })

  it('[DC6] has a channel for each kind of room, and one for the socket itself', () => {
    const addresses = Object.values<any>(document.channels).map(({ address }) => address)
    assert.deepEqual(addresses, ['/', ...topics, 'project_{project_id}', 'user_{user_id}', 'admin'])
  })

  it('[DC6] lists the events of each room', () => {
    assert.ok(messagesIn('tasks').includes('comment_created') && messagesIn('tasks').includes('tasks_bulk_deleted'))
    for (const topic of ['tasks', 'projects', 'posts', 'media', 'videos'])
      assert.ok(messagesIn(topic).includes('project_deleted'), topic)
    assert.ok(!messagesIn('posts').includes('task_updated'))
    for (const name of ['video_deleted', 'media_created', 'task_removed', 'project_member_added', 'user_joined'])
      assert.ok(messagesIn('project').includes(name), name)
    assert.ok(!messagesIn('project').includes('access_changed') && messagesIn('socket').includes('access_changed'))
    for (const name of ['notification', 'notifications_read', 'job_updated'])
      assert.ok(messagesIn('user').includes(name), name)
    assert.deepEqual(messagesIn('admin'), [
      'user_joined',
      'user_left',
      'presence_changed',
      'presence_count',
      'presence_members',
      'job_updated',
    ])
  })

  it('[DC6] adds the position in the log to events that have one', () => {
    const fieldsOf = (name: string) => Object.keys(document.components.messages[name].payload.properties)
    for (const name of ['post_updated', 'tasks_bulk_updated', 'notification', 'access_changed'])
      assert.deepEqual(fieldsOf(name).slice(-4), ['offset', 'at', 'mutation_id', 'traceparent'], name)
    for (const name of ['draining', 'user_left', 'job_updated']) assert.ok(!fieldsOf(name).includes('offset'), name)
  })

  it('[DC6] describes the answers to each call and to connecting', () => {
    for (const name of Object.keys(commands)) {
      const { action, reply } = document.operations[name]
      assert.equal(action, 'receive')
      const answers = reply.messages.map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1))
      assert.deepEqual(answers, [`${name}_answer`, 'refusal'])
    }
    assert.deepEqual(document.components.messages.leave_room_answer.payload.required, ['room', 'ok'])
    assert.equal(document.operations.connect.reply.messages.length, 2)
  })

  it('[DC6] names the configured host, or leaves it open', () => {
    const served = (publicUrl: string, basePath = '') =>
      (asyncApi({ ...about, publicUrl, basePath }) as any).servers.main as Record<string, unknown>
    assert.equal(document.servers.main.variables.host.default, 'localhost:3000')
    const { host, protocol, variables } = served('http://192.0.2.1:8080')
    assert.deepEqual([host, protocol, variables], ['192.0.2.1:8080', 'ws', undefined])
    assert.equal(served('https://a.example.com/x/y', '/x/y').pathname, '/x/y/socket.io/')
  })
})
