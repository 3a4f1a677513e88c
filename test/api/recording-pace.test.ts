import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'

describe('the recording budget of one person', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let ids: number[]
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    ids = await insertTasks(40, 50_000)
  })
  after(() => server.close())

  async function insertTasks(count: number, characters: number): Promise<number[]> {
    const rows = await server.query<{ id: number }>(
      `insert into tasks (title, description, position, created_by, updated_by)
       select 'long', repeat('x', $2), n, $1, $1 from generate_series(1, $3) n returning id`,
      [ann.person.id, characters, count],
    )
    return rows.map(({ id }) => Number(id))
  }

  const changeAll = (tasks: number[], nth: number) =>
    ann.rest('POST', '/tasks/bulk-update', { task_ids: tasks, updates: { category: `changed ${nth}` } })

  /** Each call changes two megabytes of tasks. */
  const changeMuch = (times: number) => Promise.all(Array.from({ length: times }, (_, nth) => changeAll(ids, nth)))

  it('[TU22] does not count small events, however many they are', async () => {
    const small = await insertTasks(100, 2_000)
    for (let nth = 0; nth < 40; nth++) await expect(changeAll(small, nth), 200)
  })

  it('[TU22] refuses changes beyond the budget with Retry-After, and delays nobody else', async () => {
    const answers = await changeMuch(12)
    const refused = answers.filter(({ status }) => status !== 200)
    assert.ok(answers.length > refused.length && refused.length > 0, String(refused.length))
    for (const { status, body, headers } of refused) {
      assert.deepEqual([status, body.error.code], [429, 'rate_limited'])
      assert.ok(Number(headers.get('retry-after')) > 0)
    }
    assert.equal((await ann.rest('POST', '/tasks', { title: 'small' })).status, 429)
    await expect(ann.rest('GET', `/tasks/${ids[0]}`), 200)
    await addTask(bob)
  })
})
