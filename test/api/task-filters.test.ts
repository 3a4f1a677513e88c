import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'

describe('filtering tasks', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let red: any
  let blue: any
  const byTitle = new Map<string, any>()
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    ;[red, blue] = [await addProject(ann, { name: 'Red' }), await addProject(ann, { name: 'Blue' })]
    await addMember(ann, red, bob, 'editor')
    const add = async (client: Client, title: string, fields: object) =>
      byTitle.set(title, await addTask(client, { title, ...fields }))
    await add(ann, 'a', { category: 'ops', status: 'todo', priority: 'low', due_date: '2030-01-01T00:00:00Z' })
    await add(ann, 'b', { category: 'dev', status: 'done', priority: 'high', due_date: '2030-01-02T00:00:00Z' })
    await add(ann, 'c', { category: 'ops', status: 'review', project: red.id, assignee_id: bob.person.id })
    await add(bob, 'd', { priority: 'urgent', project: red.slug, due_date: '2030-01-03T00:00:00Z' })
    await add(ann, 'e', { category: 'dev', project: blue.id, status: 'done', assignee_id: ann.person.id })
    await add(ann, 'f', { category: 'dev, ops' })
  })
  after(() => server.close())

  /** The titles that a query finds for ann, in the order of creation. */
  const found = async (query: string, client = ann): Promise<string> => {
    const { body } = await expect(client.rest('GET', `/tasks?sort=created_at&page_size=100&${query}`), 200)
    const titles = body.results.map(({ title }: { title: string }) => title)
    assert.equal(body.count, titles.length)
    return titles.join('')
  }
  const made = (title: string) => encodeURIComponent(byTitle.get(title).created_at)

  describe('each filter alone', () => {
    const cases: [string, () => string, string][] = [
      ['category', () => 'category=ops', 'ac'],
      ['category, repeated', () => 'category=ops&category=dev', 'abce'],
      ['category, with a comma in it', () => 'category=dev,%20ops', 'f'],
      ['unused category', () => 'category=nothing', ''],
      ['project by slug', () => `project=${red.slug}`, 'cd'],
      ['project by id', () => `project=${red.id}`, 'cd'],
      ['projects by both', () => `project=${red.id}&project=${blue.slug}`, 'cde'],
      ['unknown project', () => 'project=none', ''],
      ['an unknown and a known project', () => `project=none&project=${blue.id}`, 'e'],
      ['status', () => 'status=done', 'be'],
      ['status, repeated', () => 'status=done&status=review', 'bce'],
      ['priority', () => 'priority=urgent', 'd'],
      ['priority, repeated', () => 'priority=low&priority=high', 'ab'],
      ['assignee_id', () => `assignee_id=${bob.person.id}`, 'c'],
      ['assignee_id, repeated', () => `assignee_id=${bob.person.id}&assignee_id=${ann.person.id}`, 'ce'],
      ['assignee_id of nobody', () => 'assignee_id=9007199254740991', ''],
      ['created_by', () => `created_by=${bob.person.id}`, 'd'],
      ['due_date from', () => 'due_date_start=2030-01-02T00:00:00Z', 'bd'],
      ['due_date to', () => 'due_date_end=2030-01-02T00:00:00Z', 'ab'],
      [
        'due_date, both ends included',
        () => 'due_date_start=2030-01-01T00:00:00Z&due_date_end=2030-01-03T00:00:00Z',
        'abd',
      ],
      ['due_date in another zone', () => 'due_date_start=2030-01-03T02:00:00%2B02:00', 'd'],
      [
        'due_date with its end before its start',
        () => 'due_date_start=2031-01-01T00:00:00Z&due_date_end=2030-01-01T00:00:00Z',
        '',
      ],
      ['created_at, both ends included', () => `created_at_start=${made('b')}&created_at_end=${made('d')}`, 'bcd'],
      ['updated_at from', () => `updated_at_start=${made('e')}`, 'ef'],
      ['updated_at to', () => `updated_at_end=${made('b')}`, 'ab'],
      ['no filter', () => '', 'abcdef'],
    ]
    for (const [name, query, titles] of cases) {
      it(`[LS1] ${name} finds "${titles}"`, async () => assert.equal(await found(query()), titles))
    }
  })

  it('[LS2] requires all of several filters to hold', async () => {
    assert.equal(await found('category=ops&status=todo&status=review'), 'ac')
    assert.equal(await found(`category=ops&status=review&project=${red.slug}&assignee_id=${bob.person.id}`), 'c')
    assert.equal(await found(`category=ops&project=${blue.slug}`), '')
    assert.equal(await found('status=done&due_date_end=2040-01-01T00:00:00Z&priority=high&search=b'), 'b')
  })

  it('[LS3] returns the given filters as understood in filters_applied, and nothing else', async () => {
    const query = `category=ops&category=dev&project=${red.id}&status=done&priority=high&search=b&due_date_start=2030-01-01T01:00:00%2B01:00`
    const { body } = await expect(ann.rest('GET', `/tasks?${query}`), 200)
    assert.deepEqual(body.filters_applied, {
      categories: ['ops', 'dev'],
      projects: [red.slug],
      status: ['done'],
      priority: ['high'],
      search: 'b',
      date_range: { start: '2030-01-01T00:00:00.000Z', end: null },
    })
    assert.deepEqual((await ann.rest('GET', '/tasks?page_size=1')).body.filters_applied, {})
  })

  it('[LS3] leaves the start out when only the end of the due date is given', async () => {
    const { body } = await expect(ann.rest('GET', '/tasks?due_date_end=2030-01-01T00:00:00Z'), 200)
    assert.deepEqual(body.filters_applied, { date_range: { start: null, end: '2030-01-01T00:00:00.000Z' } })
  })

  it('[LS3] takes the same project by id and by slug as one', async () => {
    const { body } = await expect(ann.rest('GET', `/tasks?project=${red.id}&project=${red.slug}`), 200)
    assert.deepEqual(body.filters_applied.projects, [red.slug])
  })

  describe('tasks that the caller may not see', () => {
    it('[LS4] are not found, not counted, and do not differ from tasks that do not exist (attack 25)', async () => {
      assert.equal(await found('', bob), 'abcdf')
      const ask = async (ref: string) => (await expect(bob.rest('GET', `/tasks?project=${ref}`), 200)).body
      const [unseen, none] = [await ask(blue.slug), await ask('bleu')]
      assert.deepEqual([unseen.count, unseen.results], [0, []])
      assert.deepEqual(unseen.filters_applied, { projects: [blue.slug] })
      assert.deepEqual({ ...unseen, filters_applied: 0 }, { ...none, filters_applied: 0 })
      assert.deepEqual((await ask(String(blue.id))).filters_applied, { projects: [String(blue.id)] })
    })

    it('[LS4] are not found by search, assignee or author either (attack 25)', async () => {
      for (const query of ['search=e', `assignee_id=${ann.person.id}`, 'status=done&category=dev&search=e'])
        assert.equal(await found(query, bob), '')
      assert.equal(await found(`created_by=${ann.person.id}`, bob), 'abcf')
    })

    it('[LS4] are found by admins', async () => assert.equal(await found('', server.admin), 'abcdef'))
  })

  for (const [query, field] of [
    ['colour=red', 'colour'],
    ['Status=todo', 'Status'],
    ['status=Done', 'status'],
    ['status=', 'status'],
    ['status=todo&status=x', 'status'],
    ['status[]=todo', 'status[]'],
    ['priority=highest', 'priority'],
    ['assignee_id=me', 'assignee_id'],
    ['created_by=0', 'created_by'],
    ['project=', 'project'],
    ['project=%00', 'project'],
    ['category=%00', 'category'],
    ['due_date_start=2030-01-01', 'due_date_start'],
    ['due_date_end=yesterday', 'due_date_end'],
    ['created_at_start=2030-13-01T00:00:00Z', 'created_at_start'],
    ['updated_at_end=2030-01-01T00:00:00', 'updated_at_end'],
    ['due_date_start=0001-01-01T00:00:00%2B12:00', 'due_date_start'],
    ['due_date_start=2030-01-01T00:00:00Z&due_date_start=2030-01-01T00:00:00Z', 'due_date_start'],
    ['sort=title', 'sort'],
    ['sort=--created_at', 'sort'],
    ['sort=created_at&sort=priority', 'sort'],
    ['sort=relevance', 'sort'],
    ['sort=relevance&search=x&cursor=', 'cursor'],
    [`search=${'x'.repeat(201)}`, 'search'],
    ['search=%00', 'search'],
    ['search=a&search=b', 'search'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    [Array.from({ length: 101 }, () => 'status=todo').join('&'), 'status'],
  ] as const) {
    it(`[LS5] refuses ?${query.slice(0, 60)} by name`, async () => {
      refuses(await ann.rest('GET', `/tasks?${query}`), 'validation_error', [field])
    })
  }
})
