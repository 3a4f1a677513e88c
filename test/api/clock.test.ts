import assert from 'node:assert/strict'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask } from '../suites/answers.ts'

describe('a clock that was set back', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  for (const [table, add, path] of [
    ['tasks', addTask, '/tasks'],
    ['projects', addProject, '/projects'],
  ] as const) {
    it(`[EV11] does not set the time of the last change of ${table} back`, async () => {
      const { id } = await add(server.admin)
      const later = '2099-01-01T00:00:00.000Z'
      await server.query(`update ${table} set updated_at = $1 where id = $2`, [later, id])
      const change = { tasks: { title: 'new' }, projects: { name: 'new' } }[table]
      const { body } = await expect(server.admin.rest('PATCH', `${path}/${id}`, change), 200)
      assert.equal(body.updated_at, later)
    })
  }
})
