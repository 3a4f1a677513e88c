import assert from 'node:assert/strict'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { importEnds, sendImport } from '../suites/imports.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('slugs that several projects or posts have', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const addPost = (client: Client, fields: object = {}) =>
    created(client, '/blog/posts', { title: 'a post', ...fields })
  const publish = (client: Client, { id }: { id: number }) =>
    client.rest('PATCH', `/blog/posts/${id}`, { status: 'published' })
  const change = (client: Client, { id }: { id: number }, changes: object) =>
    client.rest('PATCH', `/projects/${id}`, changes)
  const slugIn = async (pending: Promise<any>, status: number) => (await expect(pending, status)).body.slug

  describe('[PJ9] the slug of a project that the caller does not see', () => {
    for (const visibility of ['private', 'internal'])
      it(`is free for a new ${visibility} project, given or derived`, async () => {
        await addProject(ann, { name: `Merger ${visibility}` })
        const slug = `merger-${visibility}`
        const derived = await addProject(bob, { name: `Merger ${visibility}`, visibility })
        assert.equal(derived.slug, slug)
        await expect(bob.rest('DELETE', `/projects/${derived.id}`), 204)
        assert.equal((await addProject(bob, { name: 'x', slug, visibility })).slug, slug)
      })

    it('is free for an existing project, by PATCH and by PUT', async () => {
      await addProject(ann, { slug: 'layoffs' })
      const project = await addProject(bob, { visibility: 'internal' })
      assert.equal(await slugIn(change(bob, project, { slug: 'layoffs' }), 200), 'layoffs')
      const whole = { name: 'x', slug: 'layoffs', visibility: 'internal' }
      assert.equal(await slugIn(bob.rest('PUT', `/projects/${project.id}`, whole), 200), 'layoffs')
      assert.equal(await slugIn(change(bob, project, { name: 'y' }), 200), 'layoffs')
    })

    it('is free for a project that becomes visible to everybody, unless another such project has it', async () => {
      await addProject(ann, { slug: 'takeover' })
      const [first, second] = [await addProject(bob, { slug: 'takeover' }), await server.user('carol')]
      const third = await addProject(second, { slug: 'takeover' })
      await expect(change(bob, first, { visibility: 'internal' }), 200)
      refuses(await change(second, third, { visibility: 'internal' }), 'conflict', ['slug'])
      await expect(change(second, third, { visibility: 'internal', slug: 'takeover-2' }), 200)
      await expect(change(bob, first, { visibility: 'private' }), 200)
      assert.equal(await slugIn(change(bob, first, { name: 'still' }), 200), 'takeover')
    })

    it('does not refer to that project in a path, a filter, a body, a socket call or an import', async () => {
      const { slug } = await addProject(ann, { slug: 'secret-plan' })
      refuses(await bob.rest('GET', `/projects/${slug}`), 'not_found')
      refuses(await bob.rest('POST', '/tasks', { title: 'x', project: slug }), 'validation_error', ['project'])
      const own = await addProject(bob, { slug })
      const task = await addTask(bob, { project: slug })
      assert.deepEqual([task.project_id, task.project], [own.id, slug])
      assert.equal((await bob.rest('GET', `/tasks?project=${slug}`)).body.count, 1)
      const socket = await bob.socket()
      const loose = await addTask(bob)
      const ack = await socket.emitWithAck('task_update', { task_id: loose.id, updates: { project: slug } })
      assert.equal(ack.ok, true, JSON.stringify(ack))
      const { body } = await sendImport(server.url, bob.token, 'title\nz\n', { project: slug })
      assert.equal((await importEnds(bob, body.data.id)).result.created, 1)
      assert.equal((await bob.rest('GET', `/tasks?project=${own.id}`)).body.count, 3)
      assert.equal((await ann.rest('GET', `/tasks?project=${slug}`)).body.count, 0)
    })
  })

  it('[PJ2] refuses a slug that the caller sees on another project, and frees it when that one is deleted', async () => {
    const [internal, own] = [await addProject(ann, { visibility: 'internal' }), await addProject(bob)]
    for (const { slug } of [internal, own]) {
      refuses(await bob.rest('POST', '/projects', { name: 'x', slug }), 'conflict', ['slug'])
      refuses(await change(bob, await addProject(bob), { slug }), 'conflict', ['slug'])
      assert.equal((await addProject(bob, { name: slug })).slug, `${slug}-2`)
    }
    await expect(ann.rest('DELETE', `/projects/${internal.id}`), 204)
    assert.equal((await addProject(bob, { slug: internal.slug })).slug, internal.slug)
  })

  it('[PJ2] gives a slug that everybody would see to one of many simultaneous calls, whoever else has it unseen', async () => {
    await addProject(ann, { slug: 'contested' })
    const people = await Promise.all(Array.from({ length: 6 }, () => server.user('rival')))
    const wanted = { name: 'x', slug: 'contested', visibility: 'internal' }
    const answers = await Promise.all(people.map(person => person.rest('POST', '/projects', wanted)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  })

  describe('[PJ10] a caller who sees several projects with one slug', () => {
    it('gets a 409 that says to use the id, and reaches all of them by id; a filter takes all', async () => {
      const both = [await addProject(ann, { slug: 'shared' }), await addProject(bob, { slug: 'shared' })]
      await addMember(bob, both[1], ann, 'editor')
      for (const [method, path, body, fields] of [
        ['GET', '/projects/shared', undefined, ['id']],
        ['PATCH', '/projects/shared', { name: 'x' }, ['id']],
        ['DELETE', '/projects/shared', undefined, ['id']],
        ['GET', '/projects/shared/members', undefined, ['id']],
        ['GET', '/projects/shared/activity', undefined, ['id']],
        ['PUT', `/projects/shared/members/${bob.person.id}`, { role: 'viewer' }, ['id']],
        ['POST', '/tasks', { title: 'x', project: 'shared' }, ['project']],
        ['POST', '/blog/posts', { title: 'x', project: 'shared' }, ['project']],
      ] as const)
        refuses(await ann.rest(method, path, body), 'conflict', [...fields])
      const task = await addTask(ann)
      refuses(await ann.rest('PATCH', `/tasks/${task.id}`, { project: 'shared' }), 'conflict', ['project'])
      const bulk = { task_ids: [task.id], updates: { project: 'shared' } }
      refuses(await ann.rest('POST', '/tasks/bulk-update', bulk), 'conflict', ['updates.project'])
      assert.equal((await sendImport(server.url, ann.token, 'title\nx\n', { project: 'shared' })).status, 409)

      for (const { id } of both) {
        await expect(ann.rest('GET', `/projects/${id}`), 200)
        await addTask(ann, { project: String(id) })
        await addPost(ann, { project: String(id) })
      }
      const { count, filters_applied } = (await ann.rest('GET', '/tasks?project=shared')).body
      assert.deepEqual([count, filters_applied.projects], [2, ['shared']])
      assert.equal((await ann.rest('GET', '/blog/posts?project=shared')).body.count, 2)
      assert.equal((await bob.rest('GET', '/tasks?project=shared')).body.count, 1)
      await expect(bob.rest('GET', '/projects/shared'), 200)
    })

    it('writes into the project that the slug means for them, whichever project the task was in', async () => {
      const [hers, his] = [await addProject(ann, { slug: 'twin' }), await addProject(bob, { slug: 'twin' })]
      const task = await addTask(ann, { project: 'twin' })
      assert.equal(task.project_id, hers.id)
      refuses(await bob.rest('PATCH', `/tasks/${task.id}`, { project: 'twin' }), 'not_found')
      const bulk = { task_ids: [task.id, (await addTask(bob)).id], updates: { project: 'twin' } }
      const { body } = await expect(bob.rest('POST', '/tasks/bulk-update', bulk), 200)
      assert.deepEqual([body.updated_count, body.failed_updates[0].code], [1, 'not_found'])
      assert.equal((await bob.rest('GET', `/tasks?project=${his.id}`)).body.count, 1)
    })
  })

  it('[PJ11] shows nothing but the slug in answers, events, activity and notifications', async () => {
    const shown: unknown[] = []
    const events = await eventsOf(server, async () => {
      await addProject(bob, { slug: 'twice' })
      const project = await addProject(ann, { slug: 'twice' })
      await addMember(ann, project, bob, 'editor')
      const soon = new Date(Date.now() + 3600_000).toISOString()
      const task = await addTask(ann, { project: String(project.id), assignee_id: bob.person.id, due_date: soon })
      const comment = { body: `@${bob.person.username} look` }
      await created(ann, `/tasks/${task.id}/comments`, comment)
      await expect(change(ann, project, { slug: 'twice-more' }), 200)
      await expect(change(ann, project, { slug: 'twice' }), 200)
      await addPost(bob, { slug: 'twice' })
      await expect(publish(ann, await addPost(ann, { slug: 'twice' })), 200)
      shown.push(
        await ann.rest('PATCH', `/tasks/${task.id}`, { title: 'new' }),
        await ann.rest('POST', '/tasks/bulk-update', { task_ids: [task.id], updates: { status: 'done' } }),
        await ann.rest('PATCH', `/tasks/${task.id}`, { title: 'stale', version: 1 }),
      )
      for (const path of ['/projects', `/projects/${project.id}`, '/tasks', '/tasks?sort=relevance&search=new'])
        shown.push((await expect(ann.rest('GET', path), 200)).body)
      for (const path of [
        `/tasks/${task.id}`,
        '/blog/posts',
        '/dashboard/activity',
        '/notifications',
        '/tasks?project=twice',
      ])
        shown.push((await expect(bob.rest('GET', path), 200)).body)
    })
    const stored = await server.query(`select from projects where slug like 'twice~%'`)
    assert.equal(stored.length, 1)
    assert.doesNotMatch(JSON.stringify([events, shown]), /~/)
    assert.equal((await ann.rest('GET', '/projects?search=twice')).body.count, 1)
    const [{ slug }] = await server.query<any>(`select slug from projects where slug like 'twice~%'`)
    assert.equal((await ann.rest('GET', `/projects?search=${slug.split('~')[1]}`)).body.count, 0)
    refuses(await ann.rest('GET', `/projects/${slug}`), 'not_found')
  })

  describe('[PO3] the slug of a draft, or of a post in a project, that the caller does not see', () => {
    it('is free for a new post, given or derived, and for an existing one', async () => {
      const hidden = await addProject(ann)
      await addPost(ann, { title: 'Results of May' })
      await addPost(ann, { title: 'Results of June', status: 'published', project: String(hidden.id) })
      for (const month of ['may', 'june']) {
        const slug = `results-of-${month}`
        const derived = await addPost(bob, { title: `Results of ${month}`, status: 'published' })
        assert.equal(derived.slug, slug)
        assert.equal((await bob.rest('GET', `/blog/posts/${slug}`)).body.id, derived.id)
        refuses(await ann.rest('GET', `/blog/posts/${slug}`), 'conflict', ['id'])
        refuses(await ann.rest('PATCH', `/blog/posts/${slug}`, { title: 'x' }), 'conflict', ['id'])
        await expect(bob.rest('DELETE', `/blog/posts/${derived.id}`), 204)
        const other = await addPost(bob)
        assert.equal(await slugIn(bob.rest('PATCH', `/blog/posts/${other.id}`, { slug }), 200), slug)
      }
    })

    it('belongs to the first who publishes it; others get a conflict when they publish theirs', async () => {
      const [hers, his] = [await addPost(ann, { slug: 'launch' }), await addPost(bob, { slug: 'launch' })]
      await expect(publish(bob, his), 200)
      refuses(await publish(ann, hers), 'conflict', ['slug'])
      await expect(ann.rest('PATCH', `/blog/posts/${hers.id}`, { status: 'published', slug: 'launch-2' }), 200)
      refuses(await ann.rest('POST', '/blog/posts', { title: 'x', slug: 'launch' }), 'conflict', ['slug'])
    })

    it('is taken within a project in which both write', async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, 'editor')
      const place = { slug: 'minutes', project: String(project.id) }
      const [hers, his] = [await addPost(ann, place), await addPost(bob, place)]
      await expect(publish(bob, his), 200)
      refuses(await publish(ann, hers), 'conflict', ['slug'])
    })
  })

  it('[PJ12] finds, changes and avoids the rows of the release before like others', async () => {
    const insert = `insert into projects (slug, name, visibility, owner_id) values ('legacy', 'old', 'private', $1)
      on conflict on constraint projects_slug_key do nothing returning id`
    const [old] = await server.query<{ id: number }>(insert, [ann.person.id])
    await server.query(`insert into project_members (project_id, user_id, role) values ($1, $2, 'owner')`, [
      old!.id,
      ann.person.id,
    ])
    const mine = await addProject(bob, { slug: 'legacy', visibility: 'internal' })
    assert.deepEqual([mine.slug, (await bob.rest('GET', '/projects/legacy')).body.id], ['legacy', mine.id])
    refuses(await ann.rest('GET', '/projects/legacy'), 'conflict', ['id'])
    assert.equal(await slugIn(change(ann, { id: old!.id }, { name: 'newer' }), 200), 'legacy')
    assert.deepEqual(await server.query(insert, [bob.person.id]), [])
  })
})
