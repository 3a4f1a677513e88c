import assert from 'node:assert/strict'
import { placeOf } from '../../server/features/flags/evaluate.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addMember, addProject, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('feature flags', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  let flags = 0
  const name = () => `flag-${++flags}`
  const toggle = async (body: object) => (await expect(server.admin.rest('POST', '/features/toggle', body), 200)).body
  const listOf = async (client: Client) =>
    (await expect(client.rest('GET', '/features/list?page_size=100'), 200)).body.data.results as any[]
  const flagFor = async (client: Client, wanted: string) => (await listOf(client)).find(one => one.name === wanted)
  const valueFor = async (client: Client, wanted: string): Promise<boolean> => (await flagFor(client, wanted)).value

  it('[FF1] are set by administrators only, and seen by everybody who is signed in (attack 110) (attack 118)', async () => {
    const flag = name()
    refuses(await server.rest('GET', '/features/list'), 'unauthenticated')
    refuses(await server.rest('POST', '/features/toggle', { name: flag }), 'unauthenticated')
    refuses(await ann.rest('POST', '/features/toggle', { name: flag, enabled: true }), 'forbidden')
    refuses(await ann.rest('DELETE', `/features/flags/${flag}`), 'forbidden')
    const { success, data } = await toggle({ name: flag, enabled: true, description: 'The new board' })
    assert.deepEqual(
      [success, data.name, data.enabled, data.value, data.rollout_percent, data.rules, data.version],
      [true, flag, true, true, 100, [], 1],
    )
    const seen = await flagFor(ann, flag)
    assert.deepEqual(seen, { name: flag, description: 'The new board', enabled: true, value: true, reason: 'STATIC' })
    assert.equal((await flagFor(server.admin, flag)).version, 1)
  })

  it('[FF1] change in what is given, and are switched over when nothing is', async () => {
    const flag = name()
    assert.equal((await toggle({ name: flag })).data.enabled, false, 'a new one is off')
    assert.equal((await toggle({ name: flag })).data.enabled, true)
    const changed = (await toggle({ name: flag, rollout_percent: 0 })).data
    assert.deepEqual([changed.enabled, changed.value, changed.version], [true, false, 3])
    const same = (await toggle({ name: flag, enabled: true, rollout_percent: 0 })).data
    assert.equal(same.version, 3, 'nothing changed')
    assert.equal((await toggle({ name: flag })).data.enabled, false)
    assert.equal((await flagFor(ann, flag)).reason, 'DISABLED')
  })

  it('[FF1] are not overwritten by who has not seen their present version', async () => {
    const flag = name()
    await toggle({ name: flag, enabled: true })
    const stale = { 'if-match': '"7"' }
    refuses(await server.admin.rest('POST', '/features/toggle', { name: flag }, stale), 'version_conflict')
    refuses(await server.admin.rest('DELETE', `/features/flags/${flag}`, undefined, stale), 'version_conflict')
  })

  it('[FF1] disappear when they are removed', async () => {
    const flag = name()
    await toggle({ name: flag, enabled: true })
    const { body } = await expect(server.admin.rest('DELETE', `/features/flags/${flag}`), 200)
    assert.deepEqual(body.data, { deleted: true })
    assert.equal(await flagFor(ann, flag), undefined)
    refuses(await server.admin.rest('DELETE', `/features/flags/${flag}`), 'not_found')
  })

  it('[FF2] have the value of the first rule that fits: people, roles, members of projects, and all of these', async () => {
    const project = await addProject(ann, { name: 'Pilot' })
    const flag = name()
    const set = (...rules: object[]) => toggle({ name: flag, enabled: true, rollout_percent: 0, rules })
    const values = () => Promise.all([ann, bob, server.admin].map(client => valueFor(client, flag)))

    await set({ users: [bob.person.id] })
    assert.deepEqual(await values(), [false, true, false])
    await set({ roles: ['admin'] })
    assert.deepEqual(await values(), [false, false, true])
    await set({ projects: [project.id] })
    assert.deepEqual(await values(), [true, false, false], 'administrators are no members')
    await addMember(ann, project, bob, 'viewer')
    assert.deepEqual(await values(), [true, true, false])
    await set({ projects: [project.id], users: [bob.person.id, server.admin.person.id] })
    assert.deepEqual(await values(), [false, true, false])
    await set({ users: [bob.person.id], value: false }, { roles: ['user'] })
    assert.deepEqual(await values(), [true, false, false])
    assert.equal((await flagFor(bob, flag)).reason, 'TARGETING_MATCH')
  })

  it('[FF2] show rules, which name people, to administrators only', async () => {
    const flag = name()
    await toggle({ name: flag, enabled: true, rules: [{ users: [bob.person.id] }] })
    assert.equal((await flagFor(ann, flag)).rules, undefined)
    assert.deepEqual((await flagFor(server.admin, flag)).rules, [{ users: [bob.person.id], value: true }])
  })

  it('[FF3] are rolled out to a share of people that only grows, other people for each flag', async () => {
    const keys = Array.from({ length: 4_000 }, (_, nth) => String(nth))
    const within = (flag: string, percent: number) => new Set(keys.filter(key => placeOf(flag, key) < percent))
    const [ten, half] = [within('a', 10), within('a', 50)]
    assert.ok(Math.abs(ten.size / keys.length - 0.1) < 0.02, String(ten.size))
    assert.ok(Math.abs(half.size / keys.length - 0.5) < 0.04, String(half.size))
    assert.ok([...ten].every(key => half.has(key)))
    const other = within('b', 10)
    assert.ok([...ten].filter(key => other.has(key)).length < ten.size / 2)
  })

  it('[FF3] have the same value for a person each time, and the reason SPLIT', async () => {
    const flag = name()
    await toggle({ name: flag, enabled: true, rollout_percent: 50 })
    const expected = placeOf(flag, String(ann.person.id)) < 50
    for (let nth = 0; nth < 3; nth++) {
      const { value, reason } = await flagFor(ann, flag)
      assert.deepEqual([value, reason], [expected, 'SPLIT'])
    }
  })

  it('[FF4] reach the members of the room flags when they change, without rules, also on resume', async () => {
    const flag = name()
    await position(server)
    const { socket, of } = await listen(ann)
    const { epoch, offset } = await join(socket, ['flags'])
    await toggle({ name: flag, enabled: true, rules: [{ users: [bob.person.id] }] })
    await expect(server.admin.rest('DELETE', `/features/flags/${flag}`), 200)
    await eventually(() => assert.equal(of('flag_deleted').length, 1))
    const [updated] = of('flag_updated')
    assert.deepEqual(
      [updated.name, updated.version, Object.keys(updated).sort()],
      [flag, 1, ['at', 'name', 'offset', 'version']],
    )
    const again = await listen(bob)
    const { missed } = await join(again.socket, ['flags'], { since: offset, epoch })
    assert.equal(missed, 2)
  })

  it('[FF5] are audited, with what they were and what they became', async () => {
    const flag = name()
    await toggle({ name: flag, enabled: true })
    await toggle({ name: flag, rollout_percent: 25 })
    await expect(server.admin.rest('DELETE', `/features/flags/${flag}`), 200)
    const { body } = await expect(server.admin.rest('GET', '/audit/logs?resource=flag'), 200)
    const own = body.data.results.filter((entry: any) => entry.resource_id === flag)
    assert.deepEqual(
      own.map((entry: any) => entry.action),
      ['flag.deleted', 'flag.updated', 'flag.created'],
    )
    assert.deepEqual(own[1].details, { rollout_percent: { from: 100, to: 25 } })
  })

  const bad: [string, object, string][] = [
    ['a rule that names nobody', { rules: [{ value: true }] }, 'rules.0'],
    ['a rule with an empty list', { rules: [{ users: [] }] }, 'rules.0.users'],
    ['a rule for somebody who does not exist', { rules: [{ roles: ['user'] }, { users: [999_999] }] }, 'rules.1.users'],
    ['a rule for a project that does not exist', { rules: [{ projects: [999_999] }] }, 'rules.0.projects'],
    ['a role that does not exist', { rules: [{ roles: ['owner'] }] }, 'rules.0.roles.0'],
    ['a share above 100', { rollout_percent: 101 }, 'rollout_percent'],
    ['a share below 0', { rollout_percent: -1 }, 'rollout_percent'],
    ['a name with a slash', { name: 'a/b' }, 'name'],
    ['no name', { name: '' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'name'],
    ['an unknown field', { percent: 5 }, 'percent'],
    ['a value that is no boolean', { enabled: 'yes' }, 'enabled'],
  ]
  for (const [what, body, field] of bad)
    it(`[FF6] refuse ${what}, and name the field`, async () => {
      refuses(await server.admin.rest('POST', '/features/toggle', { name: 'bad', ...body }), 'validation_error', [
        field,
      ])
      assert.equal(await flagFor(server.admin, 'bad'), undefined)
    })
})
