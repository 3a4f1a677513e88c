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

  it('[PM1] lists members by name with their roles, to everybody who may read the project', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    const shown = ({ person: { id, username, name } }: Client, role: string) => ({ user_id: id, username, name, role })
    const { results, count } = await list(project, bob)
    assert.deepEqual([count, results], [2, [shown(ann, 'owner'), shown(bob, 'viewer')]])
    refuses(await server.rest('GET', `/projects/${project.id}/members`), 'unauthenticated')
    refuses(await carl.rest('GET', `/projects/${project.id}/members`), 'not_found')
  })

  it('[PM1] pages the members too', async () => {
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

  it('[PM2] notifies a new member first, and then the project', async () => {
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

  it('[PM2] changes nothing for the same role again', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    assert.deepEqual(await eventsOf(server, () => expect(set(project, bob, 'editor'), 200)), [])
  })

  it('[PM2] reports another role as a change', async () => {
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
    it(`[PM3] refuses changes of roles by a member with the role ${role}, also of their own (attack 33)`, async () => {
      const project = await addProject(ann)
      if (role !== 'nobody') await addMember(ann, project, bob, role)
      for (const who of [bob, carl]) refuses(await set(project, who, 'owner', bob), code)
      refuses(await remove(project, ann, bob), code)
      assert.equal((await list(project)).results[0].role, 'owner')
    })

  it('[PM3] lets every member leave, whatever their role', async () => {
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

  it('[PM3] lets a person who has left an internal project go on reading it', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    await addMember(ann, project, bob, 'editor')
    const events = await eventsOf(server, () => expect(remove(project, bob, bob), 204))
    assert.deepEqual(events[0]!.payload, { project_id: project.id, readable: true, role: null })
    await expect(bob.rest('GET', `/projects/${project.id}`), 200)
  })

  it('[PM3] lets a member leave an archived project', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
    await expect(remove(project, bob, bob), 204)
  })

  it('[PM4] refuses to remove or demote the last owner (attack 33)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    refuses(await remove(project, ann), 'conflict')
    refuses(await set(project, ann, 'editor'), 'conflict')
    refuses(await remove(project, ann, server.admin), 'conflict')
  })

  it('[PM4] makes the remaining owner the owner of the project when one of two goes', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'owner')
    await expect(remove(project, ann, bob), 204)
    assert.equal((await expect(bob.rest('GET', `/projects/${project.id}`), 200)).body.owner_id, bob.person.id)
  })

  it('[PM4] keeps one of two owners who leave at the same time (attack 33)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'owner')
    const answers = await Promise.all([remove(project, ann, ann), remove(project, bob, bob)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409])
  })

  it('[PM5] refuses to add a person who does not exist or is disabled', async () => {
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
    it(`[BI1] refuses ${JSON.stringify(role)} as a role`, async () => {
      refuses(await set(await addProject(ann), bob, role as string), 'validation_error', ['role'])
    })
})
