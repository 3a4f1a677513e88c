import assert from 'node:assert/strict'
import { addMember, addProject, addTask } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { ask } from './account.ts'
import { report } from './figures.ts'
import { useStage } from './use-stage.ts'

const within = 3_000

describe('rights that end on another instance', function () {
  this.timeout(120_000)
  const stage = useStage()
  const at = (nth: number) => stage().instances[nth]!

  /** Milliseconds until `check` no longer throws. */
  async function until(check: () => void): Promise<void> {
    const began = performance.now()
    await eventually(check, { within, every: 5 })
    report({ 'after ms': performance.now() - began })
  }

  for (const without of [false, true]) {
    describe(without ? 'without Redis' : 'with Redis', () => {
      beforeEach(() => (without ? stage().redis.kill() : undefined))

      it('[FT9] sends no events of a project to a removed member, at any instance (attack 43)', async () => {
        const [ann, bob] = [await stage().user('ann'), await stage().user('bob')]
        const project = await addProject(ann.at(at(0)))
        await addMember(ann.at(at(0)), project, bob.at(at(0)), 'editor')
        const { socket, of } = await listen(bob.at(at(1)))
        await eventually(() => join(socket, [`project_${project.id}`, 'tasks']))

        await ann.at(at(2)).rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`)
        await until(() => assert.equal(of('room_left').length, 1))
        await addTask(ann.at(at(0)), { project: project.id })
        const task = await addTask(ann.at(at(0)))
        await eventually(() =>
          assert.deepEqual(
            of('task_created').map(payload => payload.task.id),
            [task.id],
          ),
        )
        assert.deepEqual(of('access_changed').at(-1).readable, false)
      })

      it('[FF4] evaluates a flag by its last change, at every instance', async () => {
        const [ann, admin] = [await stage().user('ann'), stage().admin]
        const valueAt = async (nth: number) => {
          const { body } = await ann.at(at(nth)).rest('GET', '/features/list')
          return body.data.results.find((flag: { name: string }) => flag.name === 'everywhere')?.value
        }
        for (const enabled of [true, false]) {
          await admin.at(at(0)).rest('POST', '/features/toggle', { name: 'everywhere', enabled })
          assert.equal(await valueAt(0), enabled, 'where it was changed, at once')
          await eventually(async () => assert.deepEqual([await valueAt(1), await valueAt(2)], [enabled, enabled]))
        }
      })

      it('[FT10] closes the sockets of an ended session at every instance, and refuses it everywhere', async () => {
        const cat = await stage().user('cat')
        const { socket, of } = await listen(cat.at(at(1)))
        await cat.at(at(2)).rest('POST', '/auth/logout')
        await until(() => assert.equal(socket.connected, false))
        assert.equal(of('error')[0].error.code, 'session_ended')
        for (const instance of stage().instances)
          await eventually(async () => assert.equal((await cat.at(instance).rest('GET', '/auth/me')).status, 401))
      })

      it('[AK12] refuses a revoked API key at every instance, and closes its sockets there', async () => {
        const eve = await stage().user('eve')
        const wanted = { name: 'A program', permissions: ['tasks:read'] }
        const { body } = await eve.at(at(0)).rest('POST', '/api-keys', wanted)
        const callAt = (nth: number) => ask(at(nth).url, 'GET', '/tasks', { headers: { 'x-api-key': body.key } })
        for (const nth of [0, 1, 2]) assert.equal((await callAt(nth)).status, 200)
        const { socket, of } = await listen(eve.at(at(1)), { token: undefined, api_key: body.key })
        await join(socket, ['tasks'])
        assert.equal((await eve.at(at(2)).rest('DELETE', `/api-keys/${body.id}`)).status, 204)
        assert.equal((await callAt(2)).status, 401, 'where it was revoked, at once')
        await until(() => assert.equal(socket.connected, false))
        assert.equal(of('error')[0].error.code, 'unauthenticated')
        for (const nth of [0, 1])
          await eventually(async () => assert.equal((await callAt(nth)).status, 401), { within: 1_500, every: 20 })
      })

      it('[FT11] disconnects a person who loses a role at every instance, who comes back with the remaining rights (attack 45)', async () => {
        const [dan, ann] = [await stage().user('dan'), await stage().user('ann')]
        const admin = stage().admin.at(at(0))
        await admin.rest('PUT', `/admin/users/${dan.person.id}`, { role: 'admin' })
        const hidden = await addProject(ann.at(at(0)))
        // The change of role restarts the sockets that are there when its event comes, and an answer that was under way is lost.
        const first = await eventually(async () => {
          const heard = await listen(dan.at(at(1)))
          await join(heard.socket, [`project_${hidden.id}`], {}, within)
          return heard
        })

        await stage().admin.at(at(2)).rest('PUT', `/admin/users/${dan.person.id}`, { role: 'user' })
        await until(() => assert.equal(first.socket.connected, false))
        const again = await listen(dan.at(at(1)))
        const answer = await again.socket.emitWithAck('join_room', { room: `project_${hidden.id}` })
        assert.equal(answer.error.code, 'not_found')
      })

      it('[FT12] sends account_disabled to every socket of a disabled person, at any instance (attack 47)', async () => {
        const eve = await stage().user('eve')
        const heard = await Promise.all(stage().instances.map(instance => listen(eve.at(instance))))
        await stage().admin.at(at(0)).rest('PATCH', `/admin/users/${eve.person.id}/toggle-active`)
        await until(() => assert.ok(heard.every(({ socket }) => !socket.connected)))
        assert.deepEqual(
          heard.map(({ of }) => of('error')[0].error.code),
          ['account_disabled', 'account_disabled', 'account_disabled'],
        )
      })
    })
  }
})
