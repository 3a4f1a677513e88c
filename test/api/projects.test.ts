import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('projects', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const patch = (project: any, changes: object, client = ann, headers = {}) =>
    client.rest('PATCH', `/projects/${project.id}`, changes, headers)

  for (const [method, path, body] of [
    ['GET', '/projects'],
    ['POST', '/projects', { name: 'x' }],
    ['GET', '/projects/1'],
    ['PUT', '/projects/1', { name: 'x' }],
    ['PATCH', '/projects/1', { name: 'x' }],
    ['DELETE', '/projects/1'],
    ['GET', '/projects/stats/summary'],
  ] as const)
    it(`[PJ1] asks a stranger to sign in on ${method} ${path}`, async () => {
      refuses(await server.rest(method, path, body), 'unauthenticated')
    })

  it('[PJ1] creates a project from a name alone; the rest has defaults, and its maker owns it', async () => {
    const { body, headers } = await expect(ann.rest('POST', '/projects', { name: 'Café & Bar 2' }), 201)
    const { id, created_at, updated_at, ...rest } = body
    assert.deepEqual(rest, {
      slug: 'cafe-bar-2',
      name: 'Café & Bar 2',
      description: '',
      status: 'active',
      visibility: 'private',
      owner_id: ann.person.id,
      role: 'owner',
      version: 1,
    })
    assert.deepEqual(
      [created_at, headers.get('location'), headers.get('etag')],
      [updated_at, `/api/v1/projects/${id}`, '"1"'],
    )
  })

  it('[PJ1] finds a project by its id and by its slug', async () => {
    const project = await addProject(ann)
    for (const ref of [project.id, project.slug]) {
      const { body, headers } = await expect(ann.rest('GET', `/projects/${ref}`), 200)
      assert.deepEqual([body, headers.get('etag')], [project, '"1"'])
    }
    assert.equal(
      (await ann.rest('GET', `/projects/${project.slug}`, undefined, { 'if-none-match': '"1"' })).status,
      304,
    )
  })

  it('[PJ2] refuses a taken slug with a conflict on slug, for new and existing projects', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    refuses(await bob.rest('POST', '/projects', { name: 'x', slug: project.slug }), 'conflict', ['slug'])
    refuses(await patch(await addProject(bob), { slug: project.slug }, bob), 'conflict', ['slug'])
  })

  it('[PJ2] gives one slug to one of ten simultaneous calls', async () => {
    const mine = await Promise.all(Array.from({ length: 10 }, () => addProject(ann)))
    const answers = await Promise.all(mine.map(project => patch(project, { slug: 'wanted' })))
    const lost = answers.filter(({ status }) => status !== 200)
    assert.equal(lost.length, 9)
    for (const answer of lost) refuses(answer, 'conflict', ['slug'])
  })

  it('[PJ2] avoids taken slugs when it derives one, however many projects have the name', async () => {
    const same = []
    for (let n = 0; n < 60; n += 10) {
      same.push(...(await Promise.all(Array.from({ length: 10 }, () => addProject(ann, { name: 'Same Name' })))))
    }
    const slugs = same.map(({ slug }) => slug)
    assert.equal(new Set(slugs).size, 60)
    assert.ok(
      slugs.every(slug => /^same-name(-[0-9a-f]+)?$/.test(slug)),
      slugs.join(),
    )
  })

  for (const [name, slug] of [
    ['12345', 'project-12345'],
    ['🐙', 'project'],
    ['Ünïcode  --  Straße', 'unicode-strasse'],
    ['План на 2027', 'plan-na-2027'],
  ] as const)
    it(`[PJ2] derives the slug ${slug} from "${name}"`, async () => {
      assert.equal((await created(ann, '/projects', { name })).slug, slug)
    })

  it('[PJ2] derives a slug from a name without a letter too', async () => {
    assert.match((await created(ann, '/projects', { name: '—' })).slug, /^project(-\d+)?$/)
  })

  for (const slug of ['', '123', 'Upper', 'two words', '-a', 'a-', 'a--b', 'a_b', 'ä', 'x'.repeat(81), 'a/b', 5, null])
    it(`[PJ2] refuses ${JSON.stringify(slug)?.slice(0, 20)} as a slug`, async () => {
      refuses(await ann.rest('POST', '/projects', { name: 'x', slug }), 'validation_error', ['slug'])
    })

  it('[PJ3] changes the given fields by PATCH, with one version and one event', async () => {
    const project = await addProject(ann, { description: 'd' })
    let answer: any
    const events = await eventsOf(
      server,
      async () => (answer = await expect(patch(project, { name: 'new' }, ann, { 'x-mutation-id': 'm' }), 200)),
    )
    assert.deepEqual({ ...answer.body, updated_at: 0 }, { ...project, name: 'new', version: 2, updated_at: 0 })
    assert.deepEqual(
      events.map(({ event, payload, mutation_id }) => ({ event, payload, mutation_id })),
      [
        {
          event: 'project_updated',
          payload: {
            project_id: project.id,
            project: { ...answer.body, role: null },
            updated_by: ann.person.id,
            changed: ['name'],
          },
          mutation_id: 'm',
        },
      ],
    )
  })

  it('[PJ3] makes no version and no event when nothing changes', async () => {
    const project = await addProject(ann)
    const events = await eventsOf(server, async () => {
      for (const same of [{}, { name: project.name, slug: project.slug, status: 'active' }])
        assert.deepEqual((await expect(patch(project, same), 200)).body, project)
    })
    assert.deepEqual(events, [])
  })

  it('[PJ3] sets all fields by PUT; an absent slug stays', async () => {
    const project = await addProject(ann, { description: 'd', visibility: 'internal' })
    const { body } = await expect(ann.rest('PUT', `/projects/${project.slug}`, { name: 'whole' }), 200)
    assert.deepEqual(
      [body.name, body.slug, body.description, body.visibility, body.version],
      ['whole', project.slug, '', 'private', 2],
    )
  })

  it('[PJ3] refuses a stale version with the present state (attack 116)', async () => {
    const project = await addProject(ann)
    const { body: current } = await patch(project, { name: 'second' })
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const answer = await ann.rest(
        method,
        `/projects/${project.id}`,
        method === 'DELETE' ? undefined : { name: 'x' },
        { 'if-match': '"1"' },
      )
      assert.deepEqual(refuses(answer, 'version_conflict').details, { current })
    }
  })

  it('[PJ4] answers with the same bytes for an unseen project and for one that does not exist', async () => {
    const project = await addProject(ann)
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['PUT', '', { name: 'x' }],
      ['DELETE', ''],
      ['GET', '/members'],
    ] as const) {
      const unseen = await bob.rest(method, `/projects/${project.id}${path}`, body)
      refuses(unseen, 'not_found')
      assert.deepEqual(masked(unseen), masked(await bob.rest(method, `/projects/999999${path}`, body)))
      assert.deepEqual(masked(unseen), masked(await bob.rest(method, `/projects/nothing${path}`, body)))
    }
  })

  for (const role of ['viewer', 'editor'])
    it(`[PJ4] lets ${role}s read a project and not change it, and shows them their role`, async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, role)
      assert.equal((await expect(bob.rest('GET', `/projects/${project.id}`), 200)).body.role, role)
      refuses(await patch(project, { name: 'x' }, bob), 'forbidden')
      refuses(await bob.rest('PUT', `/projects/${project.id}`, { name: 'x' }), 'forbidden')
      refuses(await bob.rest('DELETE', `/projects/${project.id}`), 'forbidden')
    })

  it('[PJ4] lets everybody who is signed in read an internal project, without a role in it', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    assert.equal((await expect(bob.rest('GET', `/projects/${project.id}`), 200)).body.role, null)
    refuses(await patch(project, { name: 'x' }, bob), 'forbidden')
    refuses(await bob.rest('POST', '/tasks', { title: 'x', project: project.id }), 'forbidden')
  })

  it('[PJ4] lets admins do everything', async () => {
    const project = await addProject(ann)
    await expect(patch(project, { name: 'seen to' }, server.admin), 200)
    await expect(server.admin.rest('DELETE', `/projects/${project.id}`), 204)
  })

  it('[PJ5] refuses changes of an archived project until it is active again', async () => {
    const project = await addProject(ann)
    await expect(patch(project, { status: 'archived' }), 200)
    refuses(await patch(project, { name: 'x' }), 'conflict')
    refuses(await patch(project, { name: 'x', status: 'archived' }), 'conflict')
    refuses(await ann.rest('PUT', `/projects/${project.id}/members/${bob.person.id}`, { role: 'viewer' }), 'conflict')
    await expect(patch(project, { status: 'active', name: 'x' }), 200)
    await addTask(ann, { project: project.id })
  })

  it('[PJ6] deletes a project with its tasks, reports that once, and leaves nothing', async () => {
    const project = await addProject(ann)
    const task = await addTask(ann, { project: project.id })
    const events = await eventsOf(server, () => expect(ann.rest('DELETE', `/projects/${project.slug}`), 204))
    assert.deepEqual(
      events.map(({ event, payload }) => [event, payload]),
      [['project_deleted', { project_id: project.id, version: 2, deleted_by: ann.person.id }]],
    )
    for (const path of [`/projects/${project.id}`, `/tasks/${task.id}`])
      refuses(await ann.rest('GET', path), 'not_found')
    assert.equal((await ann.rest('GET', `/tasks?project=${project.slug}`)).body.count, 0)
  })
})
