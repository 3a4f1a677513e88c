import assert from 'node:assert/strict'
import { createClient, liveCollection, type Note } from '../sdk/index.ts'
import { addMember, addProject, refuses } from './suites/answers.ts'
import { position } from './suites/event-log.ts'
import { join } from './suites/sockets.ts'
import { eventually } from './support/eventually.ts'
import { recordEvents } from './support/recorder.ts'
import { type Client, expect, startServer, type TestServer } from './support/server.ts'

describe('notes', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let eve: Client
  let project: { id: number }
  before(async () => {
    server = await startServer()
    ;[ann, bob, eve] = [await server.user('ann'), await server.user('bob'), await server.user('eve')]
    project = await addProject(ann, { visibility: 'private' })
    await addMember(ann, project, bob, 'viewer')
  })
  after(() => server.close())

  const write = async (fields: object = {}, headers = {}): Promise<Note> =>
    (await expect(ann.rest('POST', '/notes', { title: 'a note', project: project.id, ...fields }, headers), 201)).body

  it('are served over REST with rights, validation, ETag and idempotency', async () => {
    const key = { 'idempotency-key': 'once' }
    const note = await write({ body: 'x' }, key)
    assert.deepEqual(await write({ body: 'x' }, key), note)
    const { body, headers } = await expect(bob.rest('GET', `/notes/${note.id}`), 200)
    assert.deepEqual([body, headers.get('etag')], [note, '"1"'])
    refuses(await eve.rest('GET', `/notes/${note.id}`), 'not_found')
    refuses(await bob.rest('PATCH', `/notes/${note.id}`, { title: 'mine' }), 'forbidden')
    refuses(await ann.rest('POST', '/notes', { body: 'no title' }), 'validation_error', ['title'])
    refuses(await ann.rest('PATCH', `/notes/${note.id}`, { title: 'new' }, { 'if-match': '"7"' }), 'version_conflict')
    await expect(ann.rest('PATCH', `/notes/${note.id}`, { title: 'new' }, { 'if-match': '"1"' }), 200)
    await expect(ann.rest('DELETE', `/notes/${note.id}`), 204)
  })

  it('are listed by pages, filtered and sorted', async () => {
    const place = await addProject(ann)
    for (const title of ['b', 'c', 'a']) await write({ title, project: place.id })
    const page = async (query: string) =>
      (await expect(ann.rest('GET', `/notes?project=${place.id}&${query}`), 200)).body
    const titles = ({ results }: { results: Note[] }) => results.map(({ title }) => title)
    assert.deepEqual(titles(await page('sort=title&page=1&page_size=2')), ['a', 'b'])
    const first = await page('sort=-title&page_size=2&cursor=')
    const { pathname, search } = new URL(first.next, server.url)
    const rest = (await expect(ann.rest('GET', pathname.replace('/api/v1', '') + search), 200)).body
    assert.deepEqual([...titles(first), ...titles(rest)], ['c', 'b', 'a'])
  })

  it('arrive live in their topic room and in their project’s room, on resume and over GET /events', async () => {
    await position(server)
    const heard = await Promise.all(
      ['notes', `project_${project.id}`].map(async room => {
        const socket = await bob.socket()
        const seen = recordEvents(socket)
        return { room, seen, start: await join(socket, [room]) }
      }),
    )
    const stranger = recordEvents(await eve.socket())
    const note = await write()
    await expect(ann.rest('PATCH', `/notes/${note.id}`, { title: 'changed' }), 200)
    await expect(ann.rest('DELETE', `/notes/${note.id}`), 204)
    const expected = ['note_created', 'note_updated', 'note_deleted']
    for (const { room, seen, start } of heard) {
      await eventually(() =>
        assert.deepEqual(
          seen.map(({ name }) => name),
          expected,
        ),
      )
      const later = await bob.socket()
      const resumed = recordEvents(later)
      await join(later, [room], { since: start.offset, epoch: start.epoch })
      await eventually(() =>
        assert.deepEqual(
          resumed.map(({ name }) => name),
          expected,
        ),
      )
      const { body } = await expect(bob.rest('GET', `/events?room=${room}&since=${start.offset}`), 200)
      assert.deepEqual(
        body.results.map(({ event }: { event: string }) => event),
        expected,
      )
    }
    assert.deepEqual(stranger, [])
  })

  it('are in the activity of their project', async () => {
    const note = await write({ title: 'seen' })
    const { body } = await expect(bob.rest('GET', `/projects/${project.id}/activity`), 200)
    const { event, subject } = body.results[0]
    assert.deepEqual([event, subject], ['note_created', { type: 'note', id: note.id, title: 'seen' }])
  })

  it('have typed calls and a live collection in the SDK', async () => {
    const client = createClient({ url: server.url, token: ann.token })
    const notes = liveCollection('notes')
    const written = await client.notes.create({ title: 'typed', project: String(project.id) })
    let held = notes.keep(notes.empty, (await client.notes.list({ project: [String(project.id)] })).results)
    assert.equal(held.items.get(written.id)?.title, 'typed')
    const seen = recordEvents(await ann.socket().then(async socket => (await join(socket, ['notes']), socket)))
    await client.notes.delete({ id: written.id })
    await eventually(() => assert.equal(seen.at(-1)?.name, 'note_deleted'))
    held = notes.apply(held, { name: 'note_deleted', ...seen.at(-1)!.payload } as never)
    assert.equal(held.items.has(written.id), false)
  })

  it('are in both documents', async () => {
    const read = async (name: string) => (await fetch(`${server.url}/${name}`)).json() as Promise<any>
    const [openapi, asyncapi] = [await read('openapi.json'), await read('asyncapi.json')]
    assert.deepEqual(Object.keys(openapi.paths['/notes/{id}']).sort(), ['delete', 'get', 'patch'])
    assert.ok(openapi.components.schemas.Note)
    assert.ok(JSON.stringify(asyncapi.channels).includes('"note_updated"'))
  })
})
