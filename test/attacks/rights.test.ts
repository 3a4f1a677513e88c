import assert from 'node:assert/strict'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addMember, addProject, addTask, created, refuses, refusesAck } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { png, upload } from '../suites/media.ts'
import { join, listen } from '../suites/sockets.ts'

/** No thing has this id. */
const missing = 2_000_000_000

/** Lists, with the filter that names who made a thing. */
const lists = [
  { path: '/tasks', author: 'created_by' },
  { path: '/projects', author: null },
  { path: '/blog/posts', author: 'author_id' },
  { path: '/videos', author: 'created_by' },
  { path: '/blog/media', author: 'user_id' },
]

describe('somebody who searches for what is hidden', () => {
  let server: TestServer
  let ann: Client
  let eve: Client
  let hidden: { id: number; slug: string }
  let hiddenTask: { id: number }
  /** A project with one thing of each kind; `word` is in the title or the name of each. */
  async function fill(word: string, visibility: string) {
    const project = await addProject(ann, { name: word, visibility })
    const place = { project: String(project.id) }
    const task = await addTask(ann, { title: word, assignee_id: ann.person.id, ...place })
    await created(ann, '/blog/posts', { title: word, status: 'published', ...place })
    await created(ann, '/videos', { title: word, url: `https://example.com/${word}.mp4`, ...place })
    await expect(upload(server, ann, [{ content: await png(), name: `${word}.png` }], { task_id: task.id }), 201)
    return { project, task }
  }
  before(async () => {
    server = await startServer()
    ;[ann, eve] = [await server.user('ann'), await server.user('eve')]
    await fill('yak', 'internal')
    ;({ project: hidden, task: hiddenTask } = await fill('zebra', 'private'))
  })
  after(() => server.close())

  const ask = async (client: Client, path: string, query: string) =>
    (await expect(client.rest('GET', `${path}?${query}`), 200)).body
  const counted = async (client: Client, path: string, query: string) => {
    const { count, results } = await ask(client, path, query)
    assert.equal(count, results.length)
    return count
  }

  for (const { path, author } of lists)
    it(`[LS4] neither finds nor counts any in ${path} (attack 25)`, async () => {
      const everything = ['', 'page=1&page_size=50', ...(author ? [`${author}=${ann.person.id}`] : [])]
      for (const query of everything)
        assert.deepEqual([await counted(server.admin, path, query), await counted(eve, path, query)], [2, 1], query)
      assert.deepEqual(
        [await counted(server.admin, path, 'search=zebra'), await counted(eve, path, 'search=zebra')],
        [1, 0],
      )
      assert.equal((await ask(eve, path, 'cursor=')).results.length, 1)
      const pairs = [['search=zebra', 'search=zebrb']]
      if (path !== '/projects')
        pairs.push([`project=${hidden.slug}`, 'project=none'], [`project=${hidden.id}`, `project=${missing}`])
      if (path === '/blog/media') pairs.push([`task_id=${hiddenTask.id}`, `task_id=${missing}`])
      for (const [unseen, none] of pairs as [string, string][]) {
        const text = async (query: string) => {
          const { position: _, ...body } = await ask(eve, path, query)
          return JSON.stringify(body).replaceAll(query.split('=')[1]!, 'VALUE')
        }
        assert.equal(await text(unseen), await text(none))
      }
    })

  it('[LS4] does not count any in statistics (attack 25)', async () => {
    const { projects, tasks } = (await expect(eve.rest('GET', '/projects/stats/summary'), 200)).body
    assert.deepEqual([projects.total, tasks.total], [1, 1])
    const shown = (await expect(eve.rest('GET', '/dashboard/stats'), 200)).body
    assert.deepEqual(
      [shown.projects.active, shown.tasks.total, shown.posts.published, shown.videos.total, shown.media.total],
      [1, 1, 1, 1, 1],
    )
    const acts = await expect(eve.rest('GET', '/dashboard/activity?page_size=100'), 200)
    assert.match(JSON.stringify(acts.body), /yak/)
    assert.doesNotMatch(JSON.stringify(acts.body), /zebra/)
  })
})

describe('somebody with an account who wants more rights', () => {
  let server: TestServer
  let ann: Client
  let eve: Client
  before(async () => {
    server = await startServer()
    ;[ann, eve] = [await server.user('ann'), await server.user('eve')]
  })
  after(() => server.close())

  it('[BK3] [RX6] mixing others’ tasks into a bulk operation reaches only the own ones (attack 27)', async () => {
    const theirs = await addTask(ann, { project: (await addProject(ann)).id })
    const same = async () => assert.deepEqual((await expect(ann.rest('GET', `/tasks/${theirs.id}`), 200)).body, theirs)
    for (const [method, path, input, done, failed] of [
      ['POST', '/tasks/bulk-update', { updates: { status: 'done' } }, 'updated_count', 'failed_updates'],
      ['DELETE', '/tasks/bulk-delete', {}, 'deleted_count', 'failed_deletes'],
      ['POST', '/tasks/bulk-delete', {}, 'deleted_count', 'failed_deletes'],
    ] as const) {
      const task_ids = [theirs.id, (await addTask(eve)).id, missing]
      const { body } = await expect(eve.rest(method, path, { task_ids, ...input }), 200)
      assert.equal(body[done], 1)
      const [unseen, none] = body[failed]
      assert.deepEqual([unseen.task_id, unseen.code, none.task_id], [theirs.id, 'not_found', missing])
      assert.deepEqual({ ...unseen, task_id: 0 }, { ...none, task_id: 0 })
      await same()
    }
  })

  it('[AC1] [AC23] giving oneself a role, a verification or another id is refused on its field (attack 28)', async () => {
    const users = () => server.query('select to_jsonb(u) - $1 as row from users u order by id', ['last_seen_at'])
    const before = await users()
    const wanted = { role: 'admin', permissions: ['metrics:read'], is_verified: true, id: 1, tier: 'pro' }
    for (const [field, value] of Object.entries(wanted)) {
      const account = { email: 'mallory@example.com', username: 'mallory', password, [field]: value }
      refuses(await server.rest('POST', '/auth/register', account), 'validation_error', [field])
      refuses(await eve.rest('PATCH', '/auth/me', { name: 'Eve', [field]: value }), 'validation_error', [field])
      refuses(await eve.rest('PUT', `/admin/users/${eve.person.id}`, { [field]: value }), 'forbidden')
    }
    const ofMany = { action: 'set_role', role: 'admin', user_ids: [eve.person.id] }
    refuses(await eve.rest('POST', '/batch/users/action', ofMany), 'forbidden')
    assert.deepEqual(await users(), before)
  })

  it('[AC24] nothing that one reads of another person has more than the name (attack 30)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, eve, 'viewer')
    const room = `project_${project.id}`
    const { socket, heard, of } = await listen(eve)
    await join(socket, [room, 'tasks', 'projects'])
    const there = await listen(ann)
    await join(there.socket, [room])
    const task = await addTask(ann, { project: project.id, assignee_id: ann.person.id })
    await created(ann, `/tasks/${task.id}/comments`, { body: 'a comment' })
    await addMember(ann, project, server.admin, 'editor')
    await eventually(() => assert.equal(of('project_member_added').length, 1))
    const read = async (path: string) => (await expect(eve.rest('GET', path), 200)).body
    const member = (await read(`/projects/${project.id}/members`)).results[0]
    assert.deepEqual(Object.keys(member).toSorted(), ['name', 'role', 'user_id', 'username'])
    const person = await read(`/users/${ann.person.id}`)
    assert.deepEqual(Object.keys(person).toSorted(), ['id', 'name', 'username'])
    const all = await Promise.all(
      [
        '/users?page_size=100',
        `/tasks/${task.id}`,
        `/tasks/${task.id}/comments`,
        `/tasks/${task.id}/activity`,
        `/projects/${project.id}/activity`,
        '/dashboard/activity',
        `/rooms/${room}/members`,
        `/events?room=${room}&since=0`,
      ].map(read),
    )
    for (const answer of [...all, heard]) {
      assert.match(
        JSON.stringify(answer),
        new RegExp(`"(id|user_id|created_by|author_id|actor_id)":${ann.person.id}\\b`),
      )
      assert.doesNotMatch(JSON.stringify(answer), /@example\.com|"is_active"|"last_seen_at"|"ip_address"/)
    }
    for (const address of [ann.email, '@example.com'])
      assert.deepEqual((await read(`/users?search=${encodeURIComponent(address)}`)).results, [])
  })

  it('[FN2] [AC26] a role that was taken is refused at the next call of the same socket and token (attack 45)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, eve, 'editor')
    const task = await addTask(ann, { project: project.id })
    const { socket } = await listen(eve)
    const write = (title: string) => socket.emitWithAck('task_update', { task_id: task.id, updates: { title } })
    assert.equal((await write('as an editor')).ok, true)
    await addMember(ann, project, eve, 'viewer')
    refusesAck(await write('as a viewer'), 'forbidden')
    refuses(await eve.rest('PATCH', `/tasks/${task.id}`, { title: 'as a viewer' }), 'forbidden')
    assert.equal(socket.connected, true)

    const carl = await server.user('carl')
    const role = (name: string) =>
      expect(server.admin.rest('PUT', `/admin/users/${carl.person.id}`, { role: name }), 200)
    await role('admin')
    await expect(carl.rest('PATCH', `/tasks/${task.id}`, { title: 'as an administrator' }), 200)
    await role('user')
    refuses(await carl.rest('PATCH', `/tasks/${task.id}`, { title: 'as nobody' }), 'not_found')
    refuses(await carl.rest('GET', '/admin/users'), 'forbidden')
    assert.equal((await expect(ann.rest('GET', `/tasks/${task.id}`), 200)).body.title, 'as an administrator')
  })

  it('[RM2] [RM3] no event comes from the room of a project that one does not see (attack 41)', async () => {
    const project = await addProject(ann)
    const room = `project_${project.id}`
    await position(server)
    const { socket, heard, of } = await listen(eve)
    await join(socket, ['tasks'])
    for (const ask of [{ room }, { rooms: ['tasks', room] }, { room, since: 0 }])
      refusesAck(await socket.emitWithAck('join_room', ask), 'not_found', [room])
    refuses(await eve.rest('GET', `/events?room=${room}&since=0`), 'not_found')
    refuses(await eve.rest('GET', `/rooms/${room}/members`), 'not_found')
    const secret = await addTask(ann, { project: project.id, title: 'a secret' })
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { name: 'a secret' }), 200)
    await created(ann, `/tasks/${secret.id}/comments`, { body: 'a secret' })
    const there = await listen(ann)
    await join(there.socket, [room])
    const seen = await addTask(ann)
    await eventually(() =>
      assert.deepEqual(
        of('task_created').map(({ task }) => task.id),
        [seen.id],
      ),
    )
    assert.doesNotMatch(JSON.stringify(heard), new RegExp(`a secret|${room}`))
  })
})
