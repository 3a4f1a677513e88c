import assert from 'node:assert/strict'
import { keyNeedOf, type Operation, operations, ordinaryPermissions } from '../../contract/index.ts'
import { type Answer, type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { type Program, programOf } from '../suites/api-keys.ts'
import { exportEnds } from '../suites/exports.ts'
import { upload } from '../suites/media.ts'
import { flatPng } from '../suites/pictures.ts'
import { fieldsOf, sampleOf } from '../suites/samples.ts'
import {
  type Receiver,
  register,
  settles,
  startReceiver,
  webhookEnv,
  webhookTuning,
} from '../suites/webhook-receiver.ts'

/** Every operation of the contract; one that is added later is covered without a change here. */
const all = Object.entries(operations).flatMap(([resource, set]) =>
  Object.entries(set as Record<string, Operation>).map(([name, operation]) => ({
    name: `${resource}.${name}`,
    operation,
    unsafe: operation.method !== 'get',
  })),
)

/** No thing has this id. */
const missing = 2_000_000_000

/** The path of the thing that an operation is about, and what the id in it stands for. */
const thingOfPath: [RegExp, string][] = [
  [/^\/tasks\/:id/, 'task'],
  [/^\/comments\/:id/, 'comment'],
  [/^\/projects\/:id/, 'project'],
  [/^\/blog\/media\/:id/, 'file'],
  [/^\/blog\/posts\/:id/, 'post'],
  [/^\/videos\/:id/, 'video'],
  [/^\/webhooks\/deliveries\/:id/, 'delivery'],
  [/^\/webhooks\/:id/, 'webhook'],
  [/^\/sessions\/:id/, 'session'],
  [/^\/rooms\/:room/, 'room'],
]

/** What a field in the body or the query of an operation refers to. */
const thingOfField: Record<string, string> = {
  task_id: 'task',
  task_ids: 'task',
  before_id: 'task',
  after_id: 'task',
  project: 'project',
  cover_media_id: 'file',
  media_ids: 'file',
  webhook_id: 'webhook',
  room: 'room',
}
const thingOfIdField: Record<string, string> = { jobs: 'job', exports: 'export' }

/** What a viewer of a project may do to the things in it. */
const viewersMay = ['comments.create']

/** Things whose rights are those of their project. */
const inProject = new Set(['project', 'task', 'comment', 'file', 'post', 'video'])

const missingOf = (kind: string) => {
  if (kind === 'session') return '00000000-0000-4000-8000-000000000000'
  return kind === 'room' ? `project_${missing}` : missing
}

/** Hides what may differ: the id that was asked for, the id of the request and the time. */
const withoutId = ({ status, body }: Answer, id: unknown) => {
  const text = JSON.stringify({ ...body, timestamp: '', request_id: '' }, (key, value: unknown) =>
    key === 'position' || key.endsWith('_at') ? null : value,
  )
  return [status, text.replaceAll(String(id), 'ID')]
}

/** The permission of a key that has no other one. */
const only = 'notifications:read'

/** A place in an operation where the id of a thing stands. */
interface Reference {
  name: string
  kind: string
  where: string
  call(client: Pick<Client, 'rest'>, id: unknown): ReturnType<Client['rest']>
}

const bodyOf = ({ body }: Operation) => (body ? (sampleOf(body) as Record<string, unknown>) : undefined)

/** The call of an operation with the smallest input that it accepts. */
const simplest = (client: Pick<Client, 'rest'>, operation: Operation) =>
  client.rest(
    operation.method.toUpperCase(),
    operation.path.replace(/:(\w+)/g, (_, param: string) => String(sampleOf(fieldsOf(operation.params)[param]!))),
    bodyOf(operation),
  )

function referencesOf(name: string, operation: Operation): Reference[] {
  const method = operation.method.toUpperCase()
  const path = (id: unknown) =>
    operation.path.replace(/:(id|room)\b/, encodeURIComponent(String(id))).replace(':user_id', '1')
  const kind = thingOfPath.find(([pattern]) => pattern.test(operation.path))?.[1]
  if (kind)
    return [{ name, kind, where: 'path', call: (client, id) => client.rest(method, path(id), bodyOf(operation)) }]
  const kindOf = (field: string) => (field === 'id' ? thingOfIdField[name.split('.')[0]!] : thingOfField[field])
  const inQuery = Object.keys(fieldsOf(operation.query)).map(field => ({
    field,
    where: `query ${field}`,
    call: (client: Pick<Client, 'rest'>, id: unknown) =>
      client.rest(method, `${operation.path}?${field}=${String(id)}`, bodyOf(operation)),
  }))
  const inBody = Object.keys(fieldsOf(operation.body)).map(field => ({
    field,
    where: `body ${field}`,
    call: (client: Pick<Client, 'rest'>, id: unknown) =>
      client.rest(method, operation.path, { ...bodyOf(operation), [field]: field.endsWith('s') ? [id] : id }),
  }))
  return [...inQuery, ...inBody].flatMap(({ field, where, call }) => {
    const of = kindOf(field)
    return of ? [{ name, kind: of, where, call }] : []
  })
}

describe('rights of every operation', function () {
  this.timeout(120_000)
  let server: TestServer
  let owner: Client
  let viewer: Client
  let editor: Client
  let outsider: Client
  let former: Client
  /** Of the outsider, with every permission that an account has. */
  let program: Program
  /** Of the owner, with one permission. */
  let powerless: Program
  let receiver: Receiver
  let things: Record<string, unknown>
  let untouched: string

  /** The owner's things as the owner sees them. */
  async function ownThings() {
    const one = async (path: string) => (await expect(owner.rest('GET', path), 200)).body
    const found = {
      project: await one(`/projects/${things.project}`),
      members: await one(`/projects/${things.project}/members`),
      task: await one(`/tasks/${things.task}`),
      comments: (await one(`/tasks/${things.task}/comments`)).results.filter(
        ({ created_by }: any) => created_by === owner.person.id,
      ),
      file: await one(`/blog/media/${things.file}`),
      post: await one(`/blog/posts/${things.post}`),
      video: await one(`/videos/${things.video}`),
      webhooks: (await one('/webhooks/list')).data,
      export: (await one(`/export/status?id=${things.export}`)).data,
      sessions: (await one('/sessions/list')).data.results.map(({ id }: any) => id),
    }
    return JSON.stringify(found, (key, value: unknown) =>
      key === 'last_triggered_at' || key === 'comment_count' ? null : value,
    )
  }

  before(async () => {
    server = await startServer({ env: webhookEnv, tuning: webhookTuning })
    receiver = await startReceiver()
    owner = await server.user('owner')
    viewer = await server.user('viewer')
    editor = await server.user('editor')
    outsider = await server.user('outsider')
    former = await server.user('former')
    program = await programOf(server, outsider, [...ordinaryPermissions])
    powerless = await programOf(server, owner, [only])
    const project = (await addProject(owner)).id
    await addMember(owner, { id: project }, viewer, 'viewer')
    await addMember(owner, { id: project }, editor, 'editor')
    await addMember(owner, { id: project }, former, 'editor')
    await expect(owner.rest('DELETE', `/projects/${project}/members/${former.person.id}`), 204)
    const webhook = (await register(owner, receiver.url, ['task.created'])).id
    const task = (await addTask(owner, { project })).id
    const uploaded = await upload(server, owner, [{ content: await flatPng({ width: 4, height: 4 }) }], {
      task_id: task,
    })
    const exporting = await exportEnds(owner, { type: 'tasks', format: 'csv' })
    const [delivery] = await settles(owner, webhook, 'delivered')
    const first = async (path: string) => (await expect(owner.rest('GET', path), 200)).body.data.results[0].id
    things = {
      project,
      task,
      webhook,
      room: `project_${project}`,
      comment: (await created(owner, `/tasks/${task}/comments`, { body: 'a comment' })).id,
      file: uploaded.body.id,
      post: (await created(owner, '/blog/posts', { title: 'a post', body: 'text', status: 'published', project })).id,
      video: (await created(owner, '/videos', { url: 'https://example.com/a.mp4', title: 'a video', project })).id,
      delivery: delivery.id,
      export: exporting.id,
      job: await first('/batch/status'),
      session: await first('/sessions/list'),
    }
    untouched = await ownThings()
  })
  after(async () => {
    await server.close()
    await receiver.close()
  })

  for (const { name, operation, unsafe } of all) {
    const need = keyNeedOf(operation)
    if (operation.access !== 'public')
      it(`[RX1] refuses ${name} without credentials with 401`, async () => {
        refuses(await simplest(server, operation), 'unauthenticated')
      })

    if (operation.access === 'admin')
      it(`[RX2] refuses ${name} by a person who is not an administrator with 403 (attack 31)`, async () => {
        refuses(await simplest(owner, operation), 'forbidden')
      })
    else if (operation.access === 'user') {
      const references = referencesOf(name, operation)
      if (references.length > 0)
        it(`[RX3] answers ${name} with the id of another person’s thing like one with an id that does not exist (attack 24)`, async () => {
          for (const { kind, where, call } of references)
            for (const [who, client] of Object.entries({ outsider, former, ...(need !== 'never' && { program }) })) {
              const foreign = await call(client, things[kind])
              const nothing = await call(client, missingOf(kind))
              assert.deepEqual(
                withoutId(foreign, things[kind]),
                withoutId(nothing, missingOf(kind)),
                `${who}, ${where}: ${JSON.stringify(foreign.body)}`,
              )
              if (where === 'path') refuses(foreign, 'not_found')
            }
        })

      if (need !== 'rooms' && need !== only)
        it(`[RX7] refuses ${name} by an API key without the permission with 403`, async () => {
          const { details } = refuses(await simplest(powerless, operation), 'forbidden')
          assert.deepEqual(details, need === 'never' ? undefined : { permission: need })
        })

      const [reference] = references
      if (unsafe && reference?.where === 'path' && inProject.has(reference.kind))
        it(`[RX4] ${viewersMay.includes(name) ? 'accepts' : 'refuses with 403'} ${name} by a viewer of the project (attack 31)`, async () => {
          const answer = await reference.call(viewer, things[reference.kind])
          if (viewersMay.includes(name)) assert.ok(answer.status < 300, JSON.stringify(answer.body))
          else refuses(answer, 'forbidden')
        })

      if (unsafe && reference?.where === 'path' && reference.kind === 'project')
        it(`[RX5] refuses ${name} by an editor of the project with 403`, async () => {
          refuses(await reference.call(editor, things.project), 'forbidden')
        })
    }
  }

  it('[RX6] leaves everything unchanged that refused calls were about (attack 24)', async () => {
    assert.equal(await ownThings(), untouched)
  })
})
