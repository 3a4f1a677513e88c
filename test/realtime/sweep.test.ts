import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

/** Changes that no event reports are found too: here rights are changed directly in the database. */
describe('comparing sockets with the database', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer({ tuning: { sweepMs: 50 } })
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const watched = async (client: Client) => {
    await position(server)
    const { socket, of } = await listen(client)
    await join(socket, ['tasks'])
    const closed = new Promise<string>(resolve => socket.once('disconnect', resolve))
    return { closed, error: () => of('error')[0]?.error.code as string | undefined, socket }
  }

  it('[FN9] closes the socket of an ended session for good', async () => {
    const again = await server.login(bob.email)
    const { closed, error } = await watched(again)
    await server.query(
      `update sessions set ended_at = now() where id = (
      select id from sessions where user_id = $1 and ended_at is null order by created_at desc limit 1)`,
      [bob.person.id],
    )
    assert.equal(await closed, 'io server disconnect')
    assert.equal(error(), 'session_ended')
  })

  it('[FN9] closes the sockets of a disabled account for good', async () => {
    const carl = await server.user('carl')
    const { closed, error } = await watched(carl)
    await server.query('update users set is_active = false where id = $1', [carl.person.id])
    assert.equal(await closed, 'io server disconnect')
    assert.equal(error(), 'account_disabled')
  })

  for (const [what, statement, closing] of [
    ['a revoked API key for good', 'update api_keys set revoked_at = now() where id = $1', 'io server disconnect'],
    [
      'an API key with other permissions',
      `update api_keys set permissions = '{posts:read}' where id = $1`,
      'transport close',
    ],
  ] as const)
    it(`[FN9] closes the socket of ${what}`, async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const socket = await program.socket()
      await join(socket, ['tasks'])
      const closed = new Promise<string>(resolve => socket.once('disconnect', resolve))
      await server.query(statement, [program.apiKey.id])
      assert.equal(await closed, closing)
    })

  for (const [what, statement] of Object.entries({
    'the loss of a membership': 'delete from project_members where user_id = $1',
    'a change of role': `update users set role = 'admin' where id = $1`,
  })) {
    it(`[FN9] restarts the socket after ${what}; it comes back with its present rights`, async () => {
      const dora = await server.user('dora')
      await addMember(ann, await addProject(ann), dora, 'viewer')
      const { closed } = await watched(dora)
      await server.query(statement, [dora.person.id])
      assert.equal(await closed, 'transport close')
    })
  }

  it('[FN9] leaves sockets with unchanged rights alone', async () => {
    await addMember(ann, await addProject(ann), bob, 'viewer')
    const bobs = await watched(bob)
    const admins = await watched(server.admin)
    // Several comparisons have been made by then; this one finds a change.
    const carla = await server.user('carla')
    const { closed } = await watched(carla)
    await server.query('update users set is_active = false where id = $1', [carla.person.id])
    await closed
    await eventually(() => assert.deepEqual([bobs.socket.connected, admins.socket.connected], [true, true]))
  })
})
