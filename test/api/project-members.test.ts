import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('members of a project', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let carl: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob, carl] = [await server.user('ann'), await server.user('bob'), await server.user('carl')]
  })
  after(() => server.close())

  const set = (project: any, who: Client, role: string, client = ann) =>
    client.rest('PUT', `/projects/${project.id}/members/${who.person.id}`, { role })
  const remove = (project: any, who: Client, client = ann) =>
    client.rest('DELETE', `/projects/${project.id}/members/${who.person.id}`)
  const list = async (project: any, client = ann) =>
    (await expect(client.rest('GET', `/projects/${project.id}/members`), 200)).body

  it('[PM1] are listed by name, with their roles, to who may read the project', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    const shown = ({ person: { id, username, name } }: Client, role: string) => ({ user_id: id, username, name, role })
    const { results, count } = await list(project, bob)
    assert.deepEqual([count, results], [2, [shown(ann, 'owner'), shown(bob, 'viewer')]])
    refuses(await server.rest('GET', `/projects/${project.id}/members`), 'unauthenticated')
    refuses(await carl.rest('GET', `/projects/${project.id}/members`), 'not_found')
  })

  it('[PM1] come in pages too', async () => {
    const project = await addProject(ann)
    for (const client of [bob, carl]) await addMember(ann, project, client, 'viewer')
    const names: string[] = []
    for (let path = `/projects/${project.id}/members?page_size=1&cursor=`; path;) {
      const { body } = await expect(ann.rest('GET', path), 200)
      names.push(...body.results.map(({ name }: any) => name))
      path = body.next?.replace('/api/v1', '')
    }
    assert.deepEqual(names, ['ann', 'bob', 'carl'])
  })

  it('[PM2] adding tells the person first, and then the project', async () => {
    const project = await addProject(ann)
    const events = await eventsOf(server, async () => {
      const { body } = await expect(set(project, bob, 'editor'), 200)
      assert.deepEqual(body, { user_id: bob.person.id, username: bob.person.username, name: 'bob', role: 'editor' })
    })
    assert.equal(events.pop()!.event, 'notification')
    assert.deepEqual(
      events.map(({ event, scope, payload }) => [event, scope, payload]),
      [
        ['access_changed', `u${bob.person.id}`, { project_id: project.id, readable: true, role: 'editor' }],
        [
          'project_member_added',
          `p${project.id}`,
          { project_id: project.id, user_id: bob.person.id, role: 'editor', added_by: ann.person.id },
        ],
      ],
    )
  })

  it('[PM2] the same role again changes nothing', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    assert.deepEqual(await eventsOf(server, () => expect(set(project, bob, 'editor'), 200)), [])
  })

  it('[PM2] another role is told as a change', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    const events = await eventsOf(server, () => expect(set(project, bob, 'viewer'), 200))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['access_changed', 'project_member_updated', 'notification'],
    )
  })

  for (const [role, code] of [
    ['nobody', 'not_found'],
    ['viewer', 'forbidden'],
    ['editor', 'forbidden'],
  ] as const)
    it(`[PM3] as ${role} one changes nobody’s role, not even one’s own`, async () => {
      const project = await addProject(ann)
      if (role !== 'nobody') await addMember(ann, project, bob, role)
      for (const who of [bob, carl]) refuses(await set(project, who, 'owner', bob), code)
      refuses(await remove(project, ann, bob), code)
      assert.equal((await list(project)).results[0].role, 'owner')
    })

  it('[PM3] a member may leave, whatever they are', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    const events = await eventsOf(server, () => expect(remove(project, bob, bob), 204))
    assert.deepEqual(
      events.map(({ event, payload }) => [event, payload.readable ?? payload.removed_by]),
      [
        ['access_changed', false],
        ['project_member_removed', bob.person.id],
      ],
    )
    refuses(await bob.rest('GET', `/projects/${project.id}`), 'not_found')
    refuses(await remove(project, bob), 'not_found')
  })

  it('[PM3] who leaves an internal project goes on reading it', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    await addMember(ann, project, bob, 'editor')
    const events = await eventsOf(server, () => expect(remove(project, bob, bob), 204))
    assert.deepEqual(events[0]!.payload, { project_id: project.id, readable: true, role: null })
    await expect(bob.rest('GET', `/projects/${project.id}`), 200)
  })

  it('[PM3] one may leave an archived project', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
    await expect(remove(project, bob, bob), 204)
  })

  it('[PM4] the last owner stays', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    refuses(await remove(project, ann), 'conflict')
    refuses(await set(project, ann, 'editor'), 'conflict')
    refuses(await remove(project, ann, server.admin), 'conflict')
  })

  it('[PM4] when one of two owners goes, the other stands for the project', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'owner')
    await expect(remove(project, ann, bob), 204)
    assert.equal((await expect(bob.rest('GET', `/projects/${project.id}`), 200)).body.owner_id, bob.person.id)
  })

  it('[PM4] two owners who go at once leave one behind', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'owner')
    const answers = await Promise.all([remove(project, ann, ann), remove(project, bob, bob)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409])
  })

  it('[PM5] a person who is not there cannot be added, nor one who is disabled', async () => {
    const project = await addProject(ann)
    const gone = await server.user('gone')
    await expect(server.admin.rest('PUT', `/admin/users/${gone.person.id}`, { is_active: false }), 200)
    const answers = [
      await set(project, gone, 'viewer'),
      await set(project, { person: { id: 999_999 } } as Client, 'viewer'),
    ]
    for (const answer of answers) refuses(answer, 'not_found')
    assert.deepEqual(masked(answers[0]!), masked(answers[1]!))
  })

  for (const role of ['admin', 'Owner', '', null, undefined, 5])
    it(`[BI1] ${JSON.stringify(role)} is no role`, async () => {
      refuses(await set(await addProject(ann), bob, role as string), 'validation_error', ['role'])
    })
})
