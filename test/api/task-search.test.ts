import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'

describe('searching tasks', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    await addTask(ann, { title: 'Crème Brûlée for the PARTY 🎉', description: 'a dessert' })
    await addTask(ann, { title: "Don't panic", description: 'see https://example.com/help?x=1#top and foo_bar.ts' })
    await addTask(ann, { title: 'Release v2.10-beta', description: 'Straße, Ærø, İstanbul, nai\u0308ve' })
    await addTask(ann, { title: '日本語 タスク', description: 'Привет мир' })
    await addTask(ann, { title: 'the quick brown fox', description: 'party' })
  })
  after(() => server.close())

  /** The first words of the titles that the search finds. */
  const found = async (search: string, sort = 'created_at'): Promise<string[]> => {
    const query = `/tasks?sort=${sort}&search=${encodeURIComponent(search)}`
    const { body } = await expect(ann.rest('GET', query), 200)
    assert.equal(body.filters_applied.search, search)
    return body.results.map(({ title }: { title: string }) => title.split(' ')[0])
  }

  for (const [search, ...titles] of [
    ['brulee', 'Crème'],
    ['BRÛLÉE', 'Crème'],
    ['brule\u0301e', 'Crème'],
    ['crem', 'Crème'],
    ['reme'],
    ['party', 'Crème', 'the'],
    ['party dessert', 'Crème'],
    ['dessert   party', 'Crème'],
    ['des par cre', 'Crème'],
    ['party help'],
    ['the', 'Crème', 'the'],
    ["don't", "Don't"],
    ['don’t pan', "Don't"],
    ['panic!', "Don't"],
    ['(panic) & "see"', "Don't"],
    ['example.com', "Don't"],
    ['help?x=1', "Don't"],
    ['foo_bar', "Don't"],
    ['bar.ts', "Don't"],
    ['v2.10', 'Release'],
    ['10', 'Release'],
    ['beta', 'Release'],
    ['strasse', 'Release'],
    ['aero', 'Release'],
    ['istanbul', 'Release'],
    ['naïve', 'Release'],
    ['日本', '日本語'],
    ['привет МИР', '日本語'],
    ['🎉 party', 'Crème', 'the'],
    ['party:*', 'Crème', 'the'],
    ["' or 1=1 --"],
    ['!party', 'Crème', 'the'],
    ['a & !b | (c <-> d):*', 'Crème', "Don't"],
    ['brown:fox', 'the'],
  ]) {
    it(`[LS6] "${search}" finds ${titles.join(', ') || 'nothing'}`, async () => {
      assert.deepEqual(await found(search!), titles)
    })
  }

  for (const nothing of ['  \t ', '%', '\\', '🎉', '!?', '—', '\u200b'])
    it(`[LS6] treats ${JSON.stringify(nothing)}, which has no word, as no search`, async () =>
      assert.equal((await found(nothing)).length, 5))

  it('[LS6] accepts two hundred characters of any kind, and answers at once', async () => {
    for (const one of ['x', 'x ', '😀', '%', '(', "'", '\\', '&', ':*', '-']) {
      const took: number[] = []
      for (let times = 0; times < 3; times++) {
        const began = performance.now()
        await found(one.repeat(200).slice(0, 200))
        took.push(performance.now() - began)
      }
      assert.ok(Math.min(...took) < 1_000, String(took))
    }
  })

  it('[LS11] ignores words that are the beginning of others, and uses the ten longest of very many', async () => {
    assert.deepEqual(await found('d de des dess dessert par party'), ['Crème'])
    // Eleven words, of which the shortest does not occur.
    assert.deepEqual(await found('z https example com help top foo bar panic don see'), ["Don't"])
    assert.deepEqual(await found('z https example com help top foo bar panic don'), [])
    const words = 'crème brûlée for the party dessert dessert'
    const query = await server.query<{ words: number }>(`select numnode(search_query($1)) as words`, [
      `${words} ${Array.from({ length: 30 }, (_, n) => `w${n}`).join(' ')}`,
    ])
    // Ten words with "and" nine times between them.
    assert.equal(query[0]!.words, 19)
  })

  it('[LS11] lists and counts only the newest 2,000 matches by relevance', async () => {
    const other = await startServer()
    await other.query(
      `insert into tasks (title, position, created_by, updated_by, created_at)
       select 'crowd ' || n, n, $1, $1, now() - make_interval(secs => n) from generate_series(1, 2100) n`,
      [other.admin.person.id],
    )
    const list = async (query: string) =>
      (await expect(other.admin.rest('GET', `/tasks?search=crowd&${query}`), 200)).body
    const { count, results } = await list('sort=relevance&page=20&page_size=100')
    const [all, past] = [await list('sort=created_at'), await list('sort=relevance&page=21&page_size=100')]
    await other.close()
    assert.deepEqual([count, results.length, past.results.length, all.count], [2_000, 100, 0, 2_100])
  })

  it('[LS8] gives a search the order, the pages and the count of the list, whatever it is sorted by', async () => {
    const [category, days] = ['ordered', [3, null, 1, 2, null, 1, 3]]
    for (const [nth, day] of days.entries())
      await addTask(ann, {
        title: `ordered ${nth}`,
        category,
        priority: ['high', 'low', 'urgent'][nth % 3],
        due_date: day === null ? null : `2030-01-0${day}T00:00:00.000Z`,
      })
    const page = async (query: string) => {
      const { body } = await expect(ann.rest('GET', `/tasks?category=${category}&page_size=3&${query}`), 200)
      const { count, results, next } = body
      return [count, results, next?.replace('&search=ordered', '')]
    }
    for (const sort of ['due_date', 'priority', 'created_at', 'updated_at', 'position'].flatMap(key => [
      key,
      `-${key}`,
    ]))
      for (const nth of [1, 2, 3, 4]) {
        const query = `sort=${sort}&page=${nth}`
        assert.deepEqual(await page(`${query}&search=ordered`), await page(query), query)
      }
  })

  it('[LS6] weighs the title more than the description by relevance', async () => {
    assert.deepEqual(await found('party', 'relevance'), ['Crème', 'the'])
    assert.deepEqual(await found('party', '-relevance'), ['the', 'Crème'])
  })

  it('[LS6] finds a changed task by its new words only', async () => {
    const task = await addTask(ann, { title: 'ephemeral' })
    await expect(ann.rest('PATCH', `/tasks/${task.id}`, { title: 'lasting' }), 200)
    assert.deepEqual([await found('ephemeral'), await found('lasting')], [[], ['lasting']])
    await expect(ann.rest('DELETE', `/tasks/${task.id}`), 204)
  })
})
