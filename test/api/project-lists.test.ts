import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'

describe('lists of projects', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    await addProject(ann, { name: 'Apollo', description: 'the moon' })
    const apache = await addProject(ann, { name: 'Ápache', visibility: 'internal' })
    const hidden = await addProject(bob, { name: 'Hidden Apollo' })
    const shared = await addProject(bob, { name: 'Shared_50%' })
    await addMember(bob, shared, ann, 'viewer')
    const old = await addProject(ann, { name: 'Old' })
    await addTask(ann, { project: old.id, status: 'done' })
    await addTask(ann, { project: apache.id, priority: 'urgent', due_date: '2020-01-01T00:00:00Z' })
    await addTask(bob, { project: hidden.id, due_date: '2020-01-01T00:00:00Z' })
    await addTask(bob, { status: 'cancelled', due_date: '2020-01-01T00:00:00Z' })
    const { id } = await addTask(ann, { status: 'done' })
    await server.query(`update tasks set completed_at = now() - interval '8 days' where id = $1`, [id])
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
  })
  after(() => server.close())

  const found = async (query: string, client = ann): Promise<string[]> => {
    const { body } = await expect(client.rest('GET', `/projects?sort=created_at&${query}`), 200)
    assert.equal(body.count, body.results.length)
    return body.results.map(({ name }: { name: string }) => name)
  }

  for (const [query, ...names] of [
    ['', 'Apollo', 'Ápache', 'Shared_50%', 'Old'],
    ['status=active', 'Apollo', 'Ápache', 'Shared_50%'],
    ['status=active&status=archived', 'Apollo', 'Ápache', 'Shared_50%', 'Old'],
    ['visibility=internal', 'Ápache'],
    ['role=owner', 'Apollo', 'Ápache', 'Old'],
    ['role=viewer&role=editor', 'Shared_50%'],
    ['role=owner&status=archived', 'Old'],
    ['search=apollo', 'Apollo'],
    ['search=APACHE', 'Ápache'],
    ['search=moon', 'Apollo'],
    ['search=_', 'Shared_50%'].slice(0, 1).concat(['Apollo', 'Ápache', 'Shared_50%', 'Old']),
    ['search=50%25', 'Shared_50%'],
    ['search=hidden'],
  ] as string[][])
    it(`[PJ7] ?${query} finds ${names.join(', ') || 'nothing'}`, async () =>
      assert.deepEqual(await found(query!), names))

  it('[PJ7] answers the same query with the projects of each person, and their role in them', async () => {
    assert.deepEqual(await found('', bob), ['Ápache', 'Hidden Apollo', 'Shared_50%'])
    assert.equal((await found('', server.admin)).length, 5)
    const { body } = await expect(bob.rest('GET', '/projects?sort=created_at'), 200)
    assert.deepEqual(
      body.results.map(({ role }: any) => role),
      [null, 'owner', 'owner'],
    )
  })

  for (const sort of ['name', '-name', 'created_at', '-created_at', 'updated_at', '-updated_at'])
    it(`[PJ7] sorts by ${sort}, by page and by cursor alike`, async () => {
      const all = (await expect(ann.rest('GET', `/projects?sort=${sort}`), 200)).body.results
      const walked: any[] = []
      for (let path = `/projects?sort=${sort}&page_size=1&cursor=`; path;) {
        const { body } = await expect(ann.rest('GET', path), 200)
        walked.push(...body.results)
        path = body.next?.replace('/api/v1', '')
      }
      assert.deepEqual(walked, all)
      const other = sort.startsWith('-') ? sort.slice(1) : `-${sort}`
      assert.deepEqual((await ann.rest('GET', `/projects?sort=${other}`)).body.results, all.toReversed())
    })

  for (const [query, field] of [
    ['status=done', 'status'],
    ['role=admin', 'role'],
    ['visibility=public', 'visibility'],
    ['sort=slug', 'sort'],
    ['owner=1', 'owner'],
    ['search=%00', 'search'],
    ['cursor=x', 'cursor'],
  ] as const)
    it(`[BI1] refuses ?${query} by name`, async () => {
      refuses(await ann.rest('GET', `/projects?${query}`), 'validation_error', [field])
    })

  it('[PJ8] counts in its statistics only what the caller may see', async () => {
    const { body } = await expect(ann.rest('GET', '/projects/stats/summary'), 200)
    assert.deepEqual(body, {
      projects: { total: 4, active: 3, archived: 1 },
      tasks: {
        total: 4,
        by_status: { todo: 1, in_progress: 0, review: 0, done: 2, cancelled: 1 },
        by_priority: { low: 0, medium: 3, high: 0, urgent: 1 },
        overdue: 1,
        completed_last_7_days: 1,
      },
    })
    assert.equal((await expect(bob.rest('GET', '/projects/stats/summary'), 200)).body.tasks.overdue, 2)
  })
})
