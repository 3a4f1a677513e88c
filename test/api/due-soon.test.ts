import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createCommand } from '../../server/events/command.ts'
import { createDueSoon } from '../../server/features/tasks/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask } from '../suites/answers.ts'

const inHours = (hours: number) => new Date(Date.now() + hours * 3600_000).toISOString()

describe('tasks that are due soon', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => void (server = await startServer({ tuning: { dueSoonMs: 20 } })))
  beforeEach(async () => {
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const notified = async ({ rest }: Client) =>
    (await expect(rest('GET', '/notifications?page_size=100'), 200)).body.results
      .filter(({ type }: { type: string }) => type === 'due_soon')
      .map(({ message, data }: { message: string; data: { due_date: string } }) => [message, data.due_date])
  /** The notification for another person, who is due later, has arrived: so everything before it has been processed. */
  const allNotified = async () => {
    const last = await server.user('last')
    const due_date = inHours(23.9)
    await addTask(last, { title: 'last', assignee_id: last.person.id, due_date })
    await eventually(async () => assert.deepEqual(await notified(last), [['“last” is due soon', due_date]]))
  }

  it('[NT6] notifies assignees once, also of tasks of their own, and again when the date is moved', async () => {
    const [first, second] = [inHours(3), inHours(4)]
    const task = await addTask(bob, { title: 'Water the plants', assignee_id: bob.person.id, due_date: first })
    await allNotified()
    await allNotified()
    assert.deepEqual(await notified(bob), [['“Water the plants” is due soon', first]])
    await expect(bob.rest('PATCH', `/tasks/${task.id}`, { due_date: second }), 200)
    await allNotified()
    assert.deepEqual(await notified(bob), [
      ['“Water the plants” is due soon', second],
      ['“Water the plants” is due soon', first],
    ])
  })

  it('[NT6] does not notify of tasks that are done, far off, overdue, archived or no longer visible', async () => {
    const give = (fields: object) => addTask(ann, { title: 'x', assignee_id: bob.person.id, ...fields })
    const project = await addProject(ann, { name: 'Hidden' })
    const archived = await addProject(ann, { name: 'Archived', visibility: 'internal' })
    await addMember(ann, project, bob, 'viewer')
    await give({ due_date: inHours(30) })
    await give({ due_date: inHours(-1) })
    await give({ due_date: inHours(2), status: 'done' })
    const [unseen, put] = [
      await give({ due_date: inHours(40), project: project.slug }),
      await give({ due_date: inHours(40), project: archived.slug }),
    ]
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`), 204)
    await expect(ann.rest('PATCH', `/projects/${archived.id}`, { status: 'archived' }), 200)
    await server.query('update tasks set due_date = $1, assignee_id = $2 where id = any($3)', [
      inHours(2),
      bob.person.id,
      [unseen.id, put.id],
    ])
    await allNotified()
    assert.deepEqual(await notified(bob), [])
  })

  it('[NT6] notifies once for each task, with several instances at once and with many tasks due', async () => {
    const quiet = await startServer()
    const log = createLogger({ level: 'silent', pretty: false })
    const databases = [1, 2].map(() => openDatabase(withSettings(quiet.databaseUrl, { search_path: 'public' }), log))
    try {
      const cat = await quiet.user('cat')
      await quiet.query(
        `insert into tasks (title, assignee_id, due_date, position, created_by, updated_by)
         select 'task ' || n, $1, $2, n, $1, $1 from generate_series(1, 450) n`,
        [cat.person.id, inHours(5)],
      )
      await Promise.all(databases.map(database => createDueSoon({ command: createCommand({ database, wake() {} }) })()))
      const [row] = await quiet.query<{ all: number; different: number }>(
        `select count(*)::int as all, count(distinct data ->> 'task_id')::int as different from notifications
         where user_id = $1 and type = 'due_soon'`,
        [cat.person.id],
      )
      assert.deepEqual(row, { all: 450, different: 450 })
    } finally {
      await Promise.all(databases.map(database => database.close()))
      await quiet.close()
    }
  })
})
