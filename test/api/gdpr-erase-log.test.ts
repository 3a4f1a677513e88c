import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'
import { tracesOf } from '../suites/traces.ts'

describe('an erasure while events wait for their place in the log', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())

  it('[GD13] waits for them, so that none keeps the name', async () => {
    const [zoe, bob] = [await server.user('zoequux'), await server.user('bob')]
    const shared = await addProject(bob, { name: 'Shared' })
    await addMember(bob, shared, zoe, 'editor')
    const alone = await addProject(zoe, { name: 'Plans' })
    const holder = await openConnection(server.ownerUrl)
    await holder.query('begin; select from log_head for update')
    const task = await addTask(bob, { title: 'one', project: shared.id })
    await created(bob, `/tasks/${task.id}/comments`, { body: `ask @${zoe.person.username}` })
    await addTask(zoe, { title: 'for zoequux only', project: alone.id })
    const { id } = (await expect(zoe.rest('POST', '/gdpr/erase', { password }), 202)).body.data
    const stands = async () => {
      const [job] = await server.query<{ status: string; stage: number }>(
        `select status, (cursor ->> 'stage')::int as stage from jobs where id = $1`,
        [id],
      )
      return job!
    }
    const projectsStage = 5
    await eventually(async () => assert.ok((await stands()).stage >= projectsStage))
    await holder.end()
    await eventually(async () => assert.equal((await stands()).status, 'completed'), { within: 30_000 })
    await eventually(async () => assert.deepEqual(await server.query('select from outbox'), []))
    assert.deepEqual(await tracesOf(server, ['zoequux']), [])
  })
})
