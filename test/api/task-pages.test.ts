import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'

describe('pages of tasks', () => {
  let server: TestServer
  let ann: Client
  const total = 23
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    for (let n = 0; n < total; n++) {
      const due_date = n % 3 === 0 ? null : `2030-01-0${1 + (n % 4)}T00:00:00Z`
      await addTask(ann, { title: `t${n}`, priority: ['low', 'medium', 'high', 'urgent'][n % 4], due_date })
    }
    // Several at the same moment, so that there are ties to break.
    await server.query(
      `update tasks set created_at = date_trunc('minute', created_at), updated_at = now() where id % 2 = 0`,
    )
  })
  after(() => server.close())

  const get = async (path: string) => (await expect(ann.rest('GET', path.replace(/^\/api\/v1/, '')), 200)).body
  /** Every page after the first one, by `next` (or `previous`). */
  const follow = async (path: string, way: 'next' | 'previous' = 'next') => {
    const pages = []
    for (let at: string | null = path; at !== null; at = pages.at(-1)[way]) {
      pages.push(await get(at))
      assert.ok(pages.length < 60, 'no end')
    }
    return pages
  }
  const ids = (pages: any[]): number[] => pages.flatMap(({ results }) => results.map(({ id }: { id: number }) => id))
  const ranks: Record<string, number> = { low: 0, medium: 1, high: 2, urgent: 3 }
  const rank = (task: any, key: string) => (key === 'priority' ? ranks[task.priority]! : task[key])

  const sorts = ['due_date', 'priority', 'created_at', 'updated_at', 'position'].flatMap(key => [key, `-${key}`])
  for (const sort of sorts) {
    const key = sort.replace('-', '')
    it(`[LS7] sorts by ${sort}, with ties by id and nulls last`, async () => {
      const { results } = await get(`/tasks?sort=${sort}&page_size=100`)
      const sign = sort.startsWith('-') ? -1 : 1
      const expected = results.toSorted((a: any, b: any) => {
        const [x, y] = [rank(a, key), rank(b, key)]
        if (x === y) return sign * (a.id - b.id)
        if (x === null || y === null) return x === null ? 1 : -1
        return sign * (x < y ? -1 : 1)
      })
      assert.deepEqual(results, expected)
      assert.equal(results.length, total)
    })

    for (const [kind, start] of [
      ['page', ''],
      ['cursor', '&cursor='],
    ]) {
      it(`[LS8] shows everything once when one follows next by ${kind}, sorted by ${sort}`, async () => {
        const all = ids([await get(`/tasks?sort=${sort}&page_size=100`)])
        const pages = await follow(`/tasks?sort=${sort}&page_size=5${start}`)
        assert.deepEqual(ids(pages), all)
        assert.deepEqual(
          pages.map(({ results }) => results.length),
          [5, 5, 5, 5, 3],
        )
        for (const page of pages) assert.equal('count' in page, kind === 'page')
      })
    }

    it(`[LS9] returns the same way by previous, sorted by ${sort}`, async () => {
      const there = await follow(`/tasks?sort=${sort}&page_size=5&cursor=`)
      const back = await follow(there.at(-1).previous, 'previous')
      assert.deepEqual(ids(back.toReversed()), ids(there.slice(0, -1)))
      assert.equal(back.at(-1).previous, null)
      const again = await follow(back.at(-1).next)
      assert.deepEqual(ids(again), ids(there.slice(1)))
    })
  }

  it('[LS7] sorts the newest first by default', async () => {
    assert.deepEqual((await get('/tasks')).results, (await get('/tasks?sort=-created_at&page_size=20')).results)
  })

  it('[LS8] returns the count and its neighbours as paths with the same filters', async () => {
    const page = await get('/tasks/?page=2&page_size=5&priority=low&priority=high&sort=priority')
    const rest = 'page_size=5&priority=low&priority=high&sort=priority'
    assert.deepEqual(
      [page.count, page.next, page.previous],
      [12, `/api/v1/tasks/?page=3&${rest}`, `/api/v1/tasks/?page=1&${rest}`],
    )
  })

  it('[LS8] has no previous on the first page and no next on the last', async () => {
    assert.equal((await get('/tasks?page_size=100')).next, null)
    assert.equal((await get('/tasks')).previous, null)
    assert.deepEqual((await get('/tasks')).results.length, 20)
  })

  it('[LS8] returns an empty page past the end, without an error', async () => {
    const page = await get('/tasks?page=1000000&page_size=100')
    assert.deepEqual([page.count, page.next, page.results], [total, null, []])
  })

  describe('a count with a limit', () => {
    for (const query of ['', '&search=t', '&search=t&sort=relevance', '&sort=-due_date']) {
      it(`[LS13] ends there, and the pages are the same as without it ("${query}")`, async () => {
        const limited = await follow(`/tasks?page=1&page_size=5&count_limit=7${query}`)
        assert.deepEqual(ids(limited), ids(await follow(`/tasks?page=1&page_size=5${query}`)))
        assert.equal(ids(limited).length, total)
        for (const { count, count_limited } of limited) assert.deepEqual([count, count_limited], [7, true])
      })
    }

    it('[LS13] is whole when it does not reach the limit', async () => {
      for (const limit of [total, total + 1, 1_000_000]) {
        const { count, count_limited } = await get(`/tasks?page_size=1&count_limit=${limit}`)
        assert.deepEqual([count, count_limited], [total, undefined])
      }
    })

    for (const wrong of ['count_limit=0', 'count_limit=x', 'count_limit=1000001', 'count_limit=5&cursor=']) {
      it(`[LS13] "${wrong}" is refused`, async () => {
        refuses(await ann.rest('GET', `/tasks?${wrong}`), 'validation_error', ['count_limit'])
      })
    }
  })

  it('[LS9] neither misses nor repeats what stays while rows come and go between two pages', async () => {
    const before = ids([await get('/tasks?sort=-created_at&page_size=100')])
    const pages = [await get('/tasks?sort=-created_at&page_size=4&cursor=')]
    const made = []
    while (pages.at(-1).next !== null) {
      made.push((await addTask(ann)).id)
      pages.push(await get(pages.at(-1).next))
    }
    assert.deepEqual(ids(pages), before)
    const newest = await follow(pages[1].previous, 'previous')
    assert.deepEqual(
      ids(newest.toReversed()),
      [...made.toReversed(), ...ids(pages.slice(0, 1))].slice(-ids(newest).length),
    )
    for (const id of made) await expect(ann.rest('DELETE', `/tasks/${id}`), 204)
  })

  it('[LS9] does so in ascending order too: later rows are reached at the end', async () => {
    const pages = [await get('/tasks?sort=created_at&page_size=8&cursor=')]
    const { id } = await addTask(ann)
    while (pages.at(-1).next !== null) pages.push(await get(pages.at(-1).next))
    assert.deepEqual([ids(pages).at(-1), ids(pages).length], [id, total + 1])
    await expect(ann.rest('DELETE', `/tasks/${id}`), 204)
  })

  describe('a cursor', () => {
    const cursorOf = (path: string) => new URL(path, 'http://x').searchParams.get('cursor')!
    const first = (query: string) => get(`/tasks?page_size=2&cursor=&${query}`)

    for (const [made, used] of [
      ['sort=priority', 'sort=-priority'],
      ['sort=priority', ''],
      ['status=todo', ''],
      ['', 'status=todo'],
      ['status=todo&status=done', 'status=todo'],
      ['search=t', 'search=t1'],
    ]) {
      it(`[LS10] of "${made}" is refused with "${used}"`, async () => {
        await addTask(ann, { title: 't1 t', status: 'todo' })
        const cursor = cursorOf((await first(made!)).next ?? '')
        refuses(await ann.rest('GET', `/tasks?page_size=2&cursor=${cursor}&${used}`), 'validation_error', ['cursor'])
      })
    }

    it('[LS10] works with another page size', async () => {
      const cursor = cursorOf((await first('')).next)
      assert.equal((await get(`/tasks?page_size=7&cursor=${cursor}`)).results.length, 7)
    })

    for (const change of [
      (parts: any[]) => ['x', ...parts.slice(1)],
      (parts: any[]) => [parts[0], 'other', ...parts.slice(2)],
      (parts: any[]) => [...parts.slice(0, 2), "'; drop table tasks", parts[3]],
      (parts: any[]) => [...parts.slice(0, 2), '0000-01-01T00:00:00.000Z', parts[3]],
      (parts: any[]) => [...parts.slice(0, 2), null, parts[3]],
      (parts: any[]) => [...parts.slice(0, 3), '1'],
      (parts: any[]) => [...parts.slice(0, 3), 1.5],
      (parts: any[]) => parts.slice(0, 3),
      (parts: any[]) => [...parts, 1],
      () => ({}),
      () => null,
    ]) {
      it(`[LS10] with an invented position (${String(change).slice(0, 70)}) is refused (attack 91)`, async () => {
        const [position, seal] = cursorOf((await first('')).next).split('=')
        const parts = JSON.parse(Buffer.from(position!, 'base64url').toString())
        const cursor = `${Buffer.from(JSON.stringify(change(parts))).toString('base64url')}=${seal}`
        refuses(await ann.rest('GET', `/tasks?cursor=${cursor}`), 'validation_error', ['cursor'])
      })
    }

    it('[LS10] is refused with the position of another one, without its signature, or with one changed character (attack 91)', async () => {
      const one = await first('')
      const [position, seal] = cursorOf(one.next).split('=') as [string, string]
      const [other] = cursorOf((await get(one.next)).next).split('=') as [string, string]
      const bump = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
      for (const cursor of [
        `${other}=${seal}`,
        position,
        `${position}=`,
        `${position}=${bump(seal)}`,
        `${position}=${seal.slice(0, -1)}`,
        `${position}=${seal}=`,
        `${bump(position)}=${seal}`,
        `${position}=${'é'.repeat(seal.length)}`,
        `=${seal}`,
        '=',
        `${position}.${seal}`,
        `${position}==${seal}`,
      ])
        refuses(await ann.rest('GET', `/tasks?cursor=${encodeURIComponent(cursor)}`), 'validation_error', ['cursor'])
      await expect(ann.rest('GET', `/tasks?cursor=${position}=${seal}`), 200)
    })

    for (const cursor of ['x', '%00', 'W10', 'x'.repeat(1_001), '[]']) {
      it(`[LS10] "${cursor.slice(0, 8)}" is refused`, async () => {
        refuses(await ann.rest('GET', `/tasks?cursor=${cursor}`), 'validation_error', ['cursor'])
      })
    }

    it('[LS10] is refused together with a page', async () => {
      refuses(await ann.rest('GET', '/tasks?page=1&cursor='), 'validation_error', ['cursor'])
    })
  })

  for (const query of ['page=0', 'page=-1', 'page=x', 'page=1.5', 'page=', 'page=1000001', 'page=1&page=2'])
    it(`[LS8] refuses ${query} by name (attack 91)`, async () => {
      refuses(await ann.rest('GET', `/tasks?${query}`), 'validation_error', ['page'])
    })
  for (const query of ['page_size=0', 'page_size=101', 'page_size=-1', 'page_size=1e2', 'page_size=99999999999999999'])
    it(`[LS8] refuses ${query} by name (attack 91)`, async () => {
      refuses(await ann.rest('GET', `/tasks?${query}`), 'validation_error', ['page_size'])
    })
})
