import assert from 'node:assert/strict'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'
import { exportedRows } from '../suites/exports.ts'
import { png, upload } from '../suites/media.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

/** What can be read in several ways, with the name that its events have. */
const kinds = [
  { kind: 'projects', path: '/projects', name: 'project', method: 'PATCH', exported: true },
  { kind: 'tasks', path: '/tasks', name: 'task', method: 'PATCH', exported: true },
  { kind: 'posts', path: '/blog/posts', name: 'post', method: 'PATCH', exported: false },
  { kind: 'videos', path: '/videos', name: 'video', method: 'PATCH', exported: true },
  { kind: 'media', path: '/blog/media', name: 'media', method: 'DELETE', exported: false },
] as const
type Kind = (typeof kinds)[number]

describe('what somebody may read, by whatever way they read it', function () {
  this.timeout(120_000)
  let server: TestServer
  const readers: Record<string, Client> = {}
  const made: Record<Kind['kind'], number[]> = { projects: [], tasks: [], posts: [], videos: [], media: [] }

  async function fill(author: Client, project: number | undefined) {
    const place: Record<string, string> = project === undefined ? {} : { project: String(project) }
    const of = { url: 'https://example.com/x.mp4', ...place }
    made.tasks.push((await addTask(author, place)).id)
    for (const status of ['draft', 'published'])
      made.posts.push((await created(author, '/blog/posts', { title: 'x', body: 'x', status, ...place })).id)
    for (const visibility of ['private', 'internal'])
      made.videos.push((await created(author, '/videos', { title: 'x', visibility, ...of })).id)
    made.media.push((await upload(server, author, [{ content: await png() }], place)).body.id)
  }

  before(async () => {
    server = await startServer()
    for (const name of ['owner', 'editor', 'viewer', 'former', 'stranger']) readers[name] = await server.user(name)
    const { owner, editor, viewer, former } = readers as Record<string, Client>
    readers['admin'] = server.admin
    for (const visibility of ['private', 'internal']) {
      const project = await addProject(owner!, { visibility })
      made.projects.push(project.id)
      for (const [one, role] of [
        [editor!, 'editor'],
        [former!, 'editor'],
        [viewer!, 'viewer'],
      ] as const)
        await addMember(owner!, project, one, role)
      for (const author of [owner!, editor!, former!]) await fill(author, project.id)
      await expect(owner!.rest('DELETE', `/projects/${project.id}/members/${former!.person.id}`), 204)
    }
    for (const author of [viewer!, former!]) await fill(author, undefined)
  })
  after(() => server.close())

  const sorted = (ids: number[]) => [...new Set(ids)].toSorted((one, other) => one - other)

  /** In which of the ways a reader finds which things. */
  async function found(reader: Client, { kind, path, name, method, exported }: Kind) {
    const list = (await expect(reader.rest('GET', `${path}?page_size=100`), 200)).body.results.map(({ id }: any) => id)
    const alone: number[] = []
    const changing: number[] = []
    for (const id of made[kind]) {
      if ((await reader.rest('GET', `${path}/${id}`)).status === 200) alone.push(id)
      // Of a version that nothing has: it changes nothing.
      const body = method === 'PATCH' ? {} : undefined
      const { status } = await reader.rest(method, `${path}/${id}`, body, { 'if-match': '"999"' })
      assert.ok([403, 404, 412].includes(status), `${method} ${path}: ${status}`)
      if (status !== 404) changing.push(id)
    }
    const log = (await expect(reader.rest('GET', `/events?room=${kind}&since=0&limit=1000`), 200)).body.results
    const logged = log
      .filter(({ event }: any) => event === `${name}_created`)
      .map(({ payload }: any) => payload[name].id)
    return {
      list: sorted(list),
      alone,
      changing,
      logged: sorted(logged),
      ...(exported && { exported: sorted((await exportedRows(server, reader, { type: kind })).map(({ id }) => id)) }),
    }
  }

  for (const one of kinds)
    it(`[RX8] is the same for ${one.kind} in lists, alone, when they are changed, in the log and in exports`, async () => {
      const counts: number[] = []
      for (const [who, reader] of Object.entries(readers)) {
        const { list, ...others } = await found(reader, one)
        counts.push(list.length)
        for (const [way, ids] of Object.entries(others)) assert.deepEqual(ids, list, `${who}: ${way}`)
      }
      // Rights differ, so the comparison compares something.
      assert.ok(new Set(counts).size > 1, String(counts))
      assert.equal(Math.max(...counts), made[one.kind].length)
    })
})
