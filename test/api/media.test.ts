import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, masked, refuses } from '../suites/answers.ts'
import { eventsOf, position } from '../suites/event-log.ts'
import { fetchFile, filesOf, jpeg, pdf, png, upload } from '../suites/media.ts'
import { join, listen } from '../suites/sockets.ts'

describe('media', () => {
  let server: TestServer
  let [ann, bob, eve]: Client[] = []
  let project: any
  before(async () => {
    server = await startServer()
    ;[ann, bob, eve] = [await server.user('ann'), await server.user('bob'), await server.user('eve')]
    project = await addProject(ann!)
  })
  after(() => server.close())

  const add = async (client: Client, fields: Record<string, string | number> = {}, content?: Buffer) => {
    const { status, body } = await upload(server, client, [{ content: content ?? (await png()) }], fields)
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }
  const ids = async (client: Client, query = '') =>
    (await expect(client.rest('GET', `/blog/media${query}`), 200)).body.results.map(({ id }: any) => id)
  const remove = (client: Client, { id }: any) => client.rest('DELETE', `/blog/media/${id}`)

  it('[MD1] answers 404 for the files of a project that the caller may not see, as for files that do not exist', async () => {
    const { id } = await add(ann!, { project: project.slug })
    for (const method of ['GET', 'DELETE']) {
      const [unseen, none] = [id, 999_999].map(one => eve!.rest(method, `/blog/media/${one}`))
      refuses(await unseen!, 'not_found')
      assert.deepEqual(masked(await unseen!), masked(await none!))
    }
    assert.ok(!(await ids(eve!)).includes(id))
    assert.deepEqual(await ids(eve!, `?project=${project.id}`), [])
    assert.ok((await ids(server.admin)).includes(id))
  })

  it('[MD1] shows a file without a project to everybody who has signed in', async () => {
    const { id } = await add(ann!)
    assert.equal((await expect(eve!.rest('GET', `/blog/media/${id}`), 200)).body.id, id)
    refuses(await server.rest('GET', `/blog/media/${id}`), 'unauthenticated')
  })

  it('[MD2] lets editors add files to a project, and refuses its viewers and readers', async () => {
    const open = await addProject(ann!, { visibility: 'internal' })
    const content = await png()
    refuses(await upload(server, eve!, [{ content }], { project: open.id }), 'forbidden')
    await addMember(ann!, open, bob!, 'viewer')
    refuses(await upload(server, bob!, [{ content }], { project: open.id }), 'forbidden')
    await addMember(ann!, open, bob!, 'editor')
    assert.equal((await add(bob!, { project: open.slug })).project_id, open.id)
    await expect(ann!.rest('PATCH', `/projects/${open.id}`, { status: 'archived' }), 200)
    refuses(await upload(server, ann!, [{ content }], { project: open.id }), 'conflict')
  })

  it('[MD2] puts a file for a task into the project of the task, and into no other', async () => {
    const task = await addTask(ann!, { project: project.id })
    const file = await add(ann!, { task_id: task.id })
    assert.deepEqual([file.task_id, file.project_id], [task.id, project.id])
    assert.equal((await add(ann!, { task_id: task.id, project: project.slug })).project_id, project.id)
    const [other, content] = [await addProject(ann!), await png()]
    refuses(await upload(server, ann!, [{ content }], { task_id: task.id, project: other.id }), 'validation_error', [
      'project',
    ])
    refuses(await upload(server, eve!, [{ content }], { task_id: task.id }), 'validation_error', ['task_id'])
    assert.equal((await add(eve!, { task_id: (await addTask(ann!)).id })).project_id, undefined)
  })

  it('[MD3] lets the uploader, owners of the project and administrators delete a file, and nobody else', async () => {
    const shared = await addProject(ann!)
    await addMember(ann!, shared, bob!, 'editor')
    const carl = await server.user('carl')
    await addMember(ann!, shared, carl, 'editor')
    const files = [await add(bob!, { project: shared.id }), await add(bob!, { project: shared.id }), await add(bob!)]
    refuses(await remove(carl, files[0]), 'forbidden')
    refuses(await remove(eve!, files[2]), 'forbidden')
    await expect(remove(bob!, files[0]), 204)
    await expect(remove(ann!, files[1]), 204)
    await expect(remove(server.admin, files[2]), 204)
    refuses(await remove(bob!, files[0]), 'not_found')
  })

  it('[MD3] refuses deletion by an uploader who was removed from the project, and by everybody in an archived project', async () => {
    const shared = await addProject(ann!)
    await addMember(ann!, shared, bob!, 'editor')
    const file = await add(bob!, { project: shared.id })
    await expect(ann!.rest('DELETE', `/projects/${shared.id}/members/${bob!.person.id}`), 204)
    refuses(await remove(bob!, file), 'not_found')
    await expect(ann!.rest('PATCH', `/projects/${shared.id}`, { status: 'archived' }), 200)
    refuses(await remove(ann!, file), 'conflict')
  })

  it('[MD3] refuses a deletion with a version that never existed', async () => {
    const { id } = await add(ann!)
    refuses(await ann!.rest('DELETE', `/blog/media/${id}`, undefined, { 'if-match': '"2"' }), 'version_conflict')
    await expect(ann!.rest('DELETE', `/blog/media/${id}`, undefined, { 'if-match': '"1"' }), 204)
  })

  it('[MD10] filters by type, person, task, project and time', async () => {
    const own = await addProject(ann!)
    const task = await addTask(ann!, { project: own.id })
    await addMember(ann!, own, bob!, 'editor')
    const [a, b, c] = [
      await add(ann!, { project: own.id }, await jpeg()),
      await add(bob!, { project: own.id }, pdf()),
      await add(ann!, { task_id: task.id }),
    ]
    const within = (query: string) => ids(ann!, `?project=${own.slug}&${query}`)
    assert.deepEqual(await within(''), [c.id, b.id, a.id])
    assert.deepEqual(await within('sort=upload_date'), [a.id, b.id, c.id])
    assert.deepEqual(
      await within('sort=file_size'),
      [a, b, c].sort((x, y) => x.file_size - y.file_size).map(({ id }) => id),
    )
    assert.deepEqual(await within('file_type=image/jpeg&file_type=application/pdf'), [b.id, a.id])
    assert.deepEqual(await within('file_type=text/plain'), [])
    assert.deepEqual(await within(`user_id=${bob!.person.id}`), [b.id])
    assert.deepEqual(await within(`task_id=${task.id}`), [c.id])
    assert.deepEqual(await within(`upload_date_start=${b.upload_date}&upload_date_end=${b.upload_date}`), [b.id])
    refuses(await ann!.rest('GET', '/blog/media?upload_date_start=2026-01-01'), 'validation_error', [
      'upload_date_start',
    ])
  })

  it('[MD10] lists files by page and by cursor', async () => {
    const own = await addProject(ann!)
    const all: number[] = []
    for (let n = 0; n < 5; n++) all.unshift((await add(ann!, { project: own.id }, pdf())).id)
    for (const sort of ['-upload_date', '-file_size']) {
      const seen: number[] = []
      let next: string | null = `/blog/media?project=${own.id}&page_size=2&sort=${sort}&cursor=`
      while (next) {
        const { body }: any = await expect(ann!.rest('GET', next), 200)
        seen.push(...body.results.map(({ id }: any) => id))
        next = body.next?.replace('/api/v1', '') ?? null
      }
      assert.deepEqual(seen, all)
    }
    const { body } = await expect(ann!.rest('GET', `/blog/media?project=${own.id}&page_size=2&page=2`), 200)
    assert.deepEqual([body.count, body.results.map(({ id }: any) => id)], [5, all.slice(2, 4)])
  })

  it('[MD11] reports new and deleted files in their rooms, to those who may see them', async () => {
    const shared = await addProject(ann!)
    await addMember(ann!, shared, bob!, 'viewer')
    await position(server)
    const [watching, inside, stranger] = [await listen(bob!), await listen(ann!), await listen(eve!)]
    await join(watching.socket, ['media'])
    await join(inside.socket, [`project_${shared.id}`])
    await join(stranger.socket, ['media', 'tasks', 'projects'])
    const file = await add(ann!, { project: shared.id })
    await expect(remove(ann!, file), 204)
    const open = await add(ann!)
    await eventually(() => assert.equal(stranger.of('media_created').length, 1))
    assert.equal(stranger.of('media_created')[0].media.id, open.id)
    assert.deepEqual(stranger.of('media_deleted'), [])
    for (const { of } of [watching, inside])
      await eventually(() => {
        const [{ media, created_by }] = of('media_created')
        assert.deepEqual([media, created_by], [file, ann!.person.id])
        const [{ media_id, version, deleted_by }] = of('media_deleted')
        assert.deepEqual([media_id, version, deleted_by], [file.id, 2, ann!.person.id])
      })
  })

  it('[MD17] moves the files of a task with the task', async () => {
    const [from, to] = [await addProject(ann!), await addProject(ann!)]
    await addMember(ann!, from, bob!, 'viewer')
    const task = await addTask(ann!, { project: from.id })
    const file = await add(ann!, { task_id: task.id })
    assert.equal((await fetchFile(server, bob!, file.url)).status, 200)
    await expect(ann!.rest('PATCH', `/tasks/${task.id}`, { project: to.id }), 200)
    assert.equal((await fetchFile(server, bob!, file.url)).status, 404)
    assert.equal((await expect(ann!.rest('GET', `/blog/media/${file.id}`), 200)).body.project_id, to.id)
  })

  for (const [how, move] of [
    ['alone', (id: number, updates: object) => ann!.rest('PATCH', `/tasks/${id}`, updates)],
    ['in bulk', (id: number, updates: object) => ann!.rest('POST', '/tasks/bulk-update', { task_ids: [id], updates })],
  ] as const)
    it(`[MD17] reports the files of a task that is moved ${how} as deleted in the old project and as created in the new one`, async () => {
      const [from, to] = [await addProject(ann!), await addProject(ann!)]
      await addMember(ann!, from, bob!, 'viewer')
      await addMember(ann!, to, eve!, 'viewer')
      const task = await addTask(ann!, { project: from.id })
      const file = await add(ann!, { task_id: task.id })
      await position(server)
      const hearing = await Promise.all([ann!, bob!, eve!].map(client => listen(client)))
      for (const { socket } of hearing) await join(socket, ['media'])
      await expect(move(task.id, { project: to.id }), 200)
      const open = await add(server.admin)
      const [gone, there] = [
        ['media_deleted', file.id, 2],
        ['media_created', file.id, 2],
      ]
      for (const [nth, expected] of [[gone, there], [gone], [there]].entries())
        await eventually(() =>
          assert.deepEqual(
            hearing[nth]!.heard.map(({ name, payload: { media, media_id, version } }) => [
              name,
              media?.id ?? media_id,
              media?.version ?? version,
            ]),
            [...expected, ['media_created', open.id, 1]],
          ),
        )
    })

  it('[MD17] keeps the files of a deleted task in its project', async () => {
    const task = await addTask(ann!, { project: project.id })
    const { id } = await add(ann!, { task_id: task.id })
    await expect(ann!.rest('DELETE', `/tasks/${task.id}`), 204)
    const { body } = await expect(ann!.rest('GET', `/blog/media/${id}`), 200)
    assert.deepEqual([body.project_id, 'task_id' in body], [project.id, false])
  })

  it('[MD17] deletes the files of a project with it; project_deleted reports that to watchers', async () => {
    const doomed = await addProject(ann!)
    const task = await addTask(ann!, { project: doomed.id })
    const files = [await add(ann!, { project: doomed.id }), await add(ann!, { task_id: task.id })]
    const { socket, of } = await listen(ann!)
    await join(socket, ['media'])
    await expect(ann!.rest('DELETE', `/projects/${doomed.id}`), 204)
    await eventually(() => assert.equal(of('project_deleted')[0].project_id, doomed.id))
    for (const file of files) refuses(await ann!.rest('GET', `/blog/media/${file.id}`), 'not_found')
    const going = await server.query<{ filename: string }>('select filename from media_removals')
    for (const { filename } of files) assert.ok(going.some(one => one.filename === filename))
  })

  it('[MD12] deletes a file with its thumbnail, and reports it once', async () => {
    const before = await filesOf(server)
    const file = await add(ann!)
    assert.equal((await filesOf(server)).length, before.length + 2)
    const events = await eventsOf(server, () => expect(remove(ann!, file), 204))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['media_deleted'],
    )
    assert.ok(!(await filesOf(server)).some(name => name.includes(file.filename)))
    assert.deepEqual(await server.query('select from media_removals where filename = $1', [file.filename]), [])
    assert.equal((await fetchFile(server, ann!, file.url)).status, 404)
  })
})
