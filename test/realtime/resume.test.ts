import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

for (const recentEvents of [0, 1_000]) {
  describe(`resuming, ${recentEvents > 0 ? 'from memory' : 'from the log'}`, () => {
    let server: TestServer
    let ann: Client
    let bob: Client
    before(async () => {
      server = await startServer({ env: { EVENT_REPLAY_LIMIT: '20' }, tuning: { recentEvents } })
      ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    })
    after(() => server.close())

    /** The position in the log, as a client would know it. */
    const here = async () => {
      const { socket } = await listen(ann)
      await position(server)
      const { offset: since, epoch } = await eventually(async () => {
        const answer = await join(socket, ['tasks'])
        assert.equal(answer.offset, await position(server))
        return answer
      })
      socket.disconnect()
      return { since, epoch }
    }
    const add = async (count: number, client = ann, fields = {}) => {
      const ids = []
      for (let n = 0; n < count; n++) ids.push((await addTask(client, fields)).id)
      return ids
    }
    const ids = (payloads: any[]) => payloads.map(({ task }) => task.id)

    it('[RS1] sends what was missed after the answer that counts it, and before any live event', async () => {
      const from = await here()
      const missed = await add(3)
      await position(server)
      const { socket, heard, of } = await listen(bob)
      const writing = add(4)
      socket.emit('join_room', { room: 'tasks', ...from }, (answer: any) =>
        heard.push({ name: 'answer', payload: answer }),
      )
      const live = await writing
      await eventually(() => assert.deepEqual(ids(of('task_created')), [...missed, ...live]))
      assert.equal(heard[0]!.name, 'answer')
      const [answer] = of('answer')
      assert.ok(answer.missed >= 3 && answer.recovered)
      const offsets = of('task_created').map(({ offset }) => offset)
      assert.equal(offsets.filter(offset => offset <= answer.offset).length, answer.missed)
      assert.deepEqual(
        offsets,
        offsets.toSorted((a, b) => a - b),
      )
    })

    it('[RS1] recovers a socket that missed nothing, without a replay', async () => {
      const { since, epoch } = await here()
      const { recovered, missed } = await join((await listen(bob)).socket, ['tasks'], { since, epoch })
      assert.deepEqual([recovered, missed], [true, 0])
    })

    it('[RS1] works without an epoch', async () => {
      const { since } = await here()
      const [id] = await add(1)
      await position(server)
      const { socket, of } = await listen(bob)
      await join(socket, ['tasks'], { since })
      await eventually(() => assert.deepEqual(ids(of('task_created')), [id]))
    })

    describe('is not recovered', () => {
      const lost = async (resume: object) => {
        const { socket, of } = await listen(bob)
        const { recovered, missed } = await join(socket, ['tasks'], resume)
        assert.deepEqual([recovered, missed], [false, 0])
        const [id] = await add(1)
        await eventually(() => assert.deepEqual(ids(of('task_created')), [id]))
      }

      it('[RS2] with the position of another log: the room is joined live, and nothing is replayed', async () => {
        const { since } = await here()
        await add(1)
        await position(server)
        await lost({ since, epoch: 'another' })
      })

      it('[RS2] with a position that does not exist yet', async () => {
        const { since, epoch } = await here()
        await lost({ since: since + 1_000_000, epoch })
      })

      it('[RS2] when more than the limit was missed; exactly the limit still is', async () => {
        const from = await here()
        const twenty = await add(20)
        await position(server)
        const { socket, of } = await listen(bob)
        assert.equal((await join(socket, ['tasks'], from)).missed, 20)
        await eventually(() => assert.deepEqual(ids(of('task_created')), twenty))
        await add(1)
        await position(server)
        await lost(from)
      })

      // Events in memory are not forgotten.
      const forgets = recentEvents === 0
      if (forgets)
        it('[RS2] with a position before the oldest event of the log', async () => {
          const from = await here()
          await add(2)
          const last = await position(server)
          await server.query('update log_head set first = $1', [last])
          await lost(from)
          await server.query('update log_head set first = 1')
        })

      it('[RS2] after the person’s role has changed', async () => {
        const carl = await server.user('carl')
        const { since, epoch } = await here()
        await expect(server.admin.rest('PUT', `/admin/users/${carl.person.id}`, { role: 'admin' }), 200)
        await position(server)
        const { recovered } = await join((await listen(carl)).socket, ['tasks'], { since, epoch })
        assert.equal(recovered, false)
      })
    })

    it('[RS3] replays the rooms of a later join as one block, without what other rooms brought already', async () => {
      const project = await addProject(ann)
      const from = await here()
      const [free] = await add(1)
      const [inside] = await add(1, ann, { project: project.id })
      await expect(ann.rest('PATCH', `/projects/${project.id}`, { name: 'renamed' }), 200)
      await position(server)
      const { socket, heard } = await listen(ann)
      await join(socket, ['tasks'], from)
      await eventually(() => assert.equal(heard.length, 2))
      const { missed } = await join(socket, [`project_${project.id}`], from)
      await eventually(() => assert.equal(heard.length, 3))
      assert.equal(missed, 1)
      assert.deepEqual(
        heard.map(({ name, payload }) => [name, payload.task?.id]),
        [
          ['task_created', free],
          ['task_created', inside],
          ['project_updated', undefined],
        ],
      )
    })

    it('[RS3] replays for a later join also what came while the socket was in other rooms', async () => {
      const { socket, heard } = await listen(ann)
      const { offset: since, epoch } = await join(socket, ['tasks'])
      const { body: post } = await ann.rest('POST', '/blog/posts', { title: 'for everybody', status: 'published' })
      await position(server)
      await eventually(async () => assert.equal((await join(socket, ['tasks'])).offset, await position(server)))
      const { missed } = await join(socket, ['posts'], { since, epoch })
      assert.equal(missed, 1)
      await eventually(() => assert.equal(heard.at(-1)?.payload.post.id, post.id))
    })

    it('[RS3] replays nothing for a room that the socket is in', async () => {
      const from = await here()
      const [id] = await add(1)
      await position(server)
      const { socket, of } = await listen(ann)
      await join(socket, ['tasks'], from)
      assert.equal((await join(socket, ['tasks'], from)).missed, 0)
      const [next] = await add(1)
      await eventually(() => assert.deepEqual(ids(of('task_created')), [id, next]))
    })

    it('[RS4] reports a deleted project to everybody who could see it', async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, 'viewer')
      const from = await here()
      await expect(ann.rest('DELETE', `/projects/${project.id}`), 204)
      await position(server)
      const { socket, of } = await listen(bob)
      await join(socket, ['tasks'], from)
      await eventually(() =>
        assert.deepEqual(
          of('project_deleted').map(({ project_id }) => project_id),
          [project.id],
        ),
      )
      const stranger = await listen(await server.user('eve'))
      await join(stranger.socket, ['tasks', 'projects'], from)
      await add(1)
      await eventually(() => assert.equal(stranger.of('task_created').length, 1))
      assert.deepEqual(stranger.of('project_deleted'), [])
    })

    it('[RS4] replays nothing of a right that has ended meanwhile, and reports its end', async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, 'viewer')
      const from = await here()
      await add(2, ann, { project: project.id })
      await expect(ann.rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`), 204)
      await position(server)
      const { socket, heard } = await listen(bob)
      await join(socket, ['tasks'], from)
      await eventually(() =>
        assert.deepEqual(
          heard.map(({ name }) => name),
          ['access_changed'],
        ),
      )
      assert.deepEqual([heard[0]!.payload.project_id, heard[0]!.payload.readable], [project.id, false])
    })

    describe('GET /events', () => {
      const read = async (query: string, client = bob) =>
        (await expect(client.rest('GET', `/events?${query}`), 200)).body

      it('[RS5] returns page by page exactly what a socket got', async () => {
        const { since, epoch } = await here()
        const { socket, heard } = await listen(bob)
        await join(socket, ['tasks', 'projects'], { since, epoch })
        const [id] = await add(5)
        await expect(ann.rest('PATCH', `/tasks/${id}`, { title: 'x' }, { 'x-mutation-id': 'm' }), 200)
        await addProject(ann, { visibility: 'internal' })
        await addProject(ann)
        await expect(ann.rest('DELETE', `/tasks/${id}`), 204)
        await eventually(() => assert.equal(heard.at(-1)!.name, 'task_deleted'))
        const results: any[] = []
        for (let page = await read(`room=tasks&room=projects&since=${since}&epoch=${epoch}&limit=2`); ;) {
          results.push(...page.results)
          assert.ok(page.results.length <= 2 && page.recovered && page.epoch === epoch)
          if (page.complete) break
          page = await read(`room=tasks&room=projects&since=${page.next_since}&limit=2`)
        }
        assert.deepEqual(
          results.map(({ event, payload }) => ({ name: event, payload })),
          heard,
        )
        for (const { offset, at, payload } of results) assert.deepEqual([offset, at], [payload.offset, payload.at])
      })

      it('[RS5] returns the position of the log without since', async () => {
        const last = await position(server)
        const { epoch, ...rest } = await read('room=tasks')
        assert.deepEqual(rest, { recovered: true, results: [], next_since: last, complete: true })
        assert.equal(epoch, (await here()).epoch)
      })

      it('[RS5] is not recovered with a position that does not exist', async () => {
        const last = await position(server)
        for (const query of [`since=${last + 1}`, `since=${last}&epoch=other`]) {
          const { recovered, results, next_since } = await read(`room=tasks&${query}`)
          assert.deepEqual([recovered, results, next_since], [false, [], last])
        }
      })

      it('[RS5] is not recovered after the person’s role has changed', async () => {
        const dora = await server.user('dora')
        const { since } = await here()
        await expect(server.admin.rest('PUT', `/admin/users/${dora.person.id}`, { role: 'admin' }), 200)
        const last = await position(server)
        const { recovered, results, next_since } = await read(`room=tasks&since=${since}`, dora)
        assert.deepEqual([recovered, results, next_since], [false, [], last])
        assert.equal((await read(`room=tasks&since=${since}`)).recovered, true)
        assert.equal((await read(`room=tasks&since=${last}`, dora)).recovered, true)
      })

      it('[RS5] is refused for rooms that the caller may not join, and for a stranger', async () => {
        refuses(await server.rest('GET', '/events?room=tasks'), 'unauthenticated')
        refuses(await bob.rest('GET', `/events?room=tasks&room=project_${(await addProject(ann)).id}`), 'not_found')
        refuses(await bob.rest('GET', `/events?room=user_${ann.person.id}`), 'forbidden')
        refuses(await bob.rest('GET', '/events?room=admin'), 'forbidden')
      })

      for (const [query, field] of [
        ['', 'room'],
        ['room=nonsense', 'room'],
        ['room=tasks&since=-1', 'since'],
        ['room=tasks&since=x', 'since'],
        ['room=tasks&limit=0', 'limit'],
        ['room=tasks&limit=1001', 'limit'],
        ['room=tasks&rooms=x', 'rooms'],
      ] as const) {
        it(`[BI1] refuses ?${query} on ${field}`, async () => {
          refuses(await bob.rest('GET', `/events?${query}`), 'validation_error', [field])
        })
      }
    })
  })
}
