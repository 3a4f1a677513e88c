import assert from 'node:assert/strict'
import sql, { type Sql } from 'sql-template-tag'
import { type Clauses, type Order, pageOf, type PageInput } from '../../server/kernel/paging.ts'
import { AppError } from '../../server/kernel/errors.ts'

interface Row {
  id: number
  rank: number | null
}

const order = (more: Partial<Order<Row>> = {}): Order<Row> => ({
  column: sql`rank`,
  type: 'int4',
  nullable: true,
  descending: false,
  position: row => ({ value: row.rank, tie: row.id }),
  ...more,
})

describe('one page of a list', () => {
  const rows = (count: number): Row[] => Array.from({ length: count }, (_, n) => ({ id: n + 1, rank: n }))
  /** Reads a page from the given answers of the database. */
  const page = async (
    input: Partial<PageInput>,
    answer: Row[],
    by = order(),
    belongs: unknown = 'these',
    total = 99,
  ) => {
    const asked: Clauses[] = []
    const fetch = async (clauses: Clauses) => (asked.push(clauses), answer)
    const count = async (_: unknown, upTo = Infinity) => Math.min(total, upTo)
    const found = await pageOf({ page_size: 2, ...input }, belongs, by, fetch, count)
    const text = ({ after, window }: { after: Sql; window: Sql }) => `${after.sql} ${window.sql}`.replace(/\s+/g, ' ')
    return { ...found, sql: text(asked[0]!), values: [...asked[0]!.after.values, ...asked[0]!.window.values] }
  }
  const cursorOf = (parameter: string | null) => parameter!.replace('cursor=', '')

  it('[LS8] skips the earlier pages by number', async () => {
    const { values, next, previous, count } = await page({ page: 3 }, rows(2))
    assert.deepEqual([values, next, previous, count], [[2, 4], 'page=4', 'page=2', 99])
  })

  it('[LS8] has no next on the last page or on an empty one', async () => {
    assert.equal((await page({ page: 2 }, rows(2), order(), '', 4)).next, null)
    assert.equal((await page({ page: 9 }, [], order(), '', 99)).next, null)
  })

  for (const [more, input, total, expected] of [
    ['ends at the limit and says so', { count_limit: 3 }, 4, [3, true, 'page=2']],
    ['is whole when there are as many as the limit', { count_limit: 3 }, 3, [3, undefined, 'page=2']],
    ['still tells of a next page beyond the limit', { count_limit: 1, page: 2 }, 5, [1, true, 'page=3']],
    ['still tells that the page beyond the limit is the last', { count_limit: 1, page: 2 }, 4, [1, true, null]],
  ] as const) {
    it(`[LS13] a limited count ${more}`, async () => {
      const found = await page(input, rows(2), order(), 'these', total)
      assert.deepEqual([found.count, found.count_limited, found.next], expected)
    })
  }

  it('[LS9] reads one more than it shows by cursor, to know whether there is more', async () => {
    const found = await page({ cursor: '' }, rows(3))
    assert.deepEqual([found.results.length, found.values, found.previous, found.count], [2, [3], null, undefined])
    assert.notEqual(found.next, null)
    assert.equal((await page({ cursor: '' }, rows(2))).next, null)
  })

  it('[LS9] reads backwards in the other order and shows in this one', async () => {
    const first = await page({ cursor: '' }, rows(3))
    const second = await page({ cursor: cursorOf(first.next) }, rows(3))
    const back = await page({ cursor: cursorOf(second.previous) }, rows(2))
    assert.match(back.sql, /rank desc nulls first, id desc/)
    assert.deepEqual(
      back.results.map(({ id }) => id),
      [2, 1],
    )
    assert.deepEqual([back.previous, typeof back.next], [null, 'string'])
  })

  for (const [name, by, row, expected] of [
    ['up', order(), { id: 2, rank: 5 }, /\(rank > \?::int4 or \(rank = \?::int4 and id > \?::int8\) or rank is null\)/],
    [
      'down',
      order({ descending: true }),
      { id: 2, rank: 5 },
      /rank < \?::int4 or \(rank = \?::int4 and id < \?::int8\) or rank is null/,
    ],
    ['up among nulls', order(), { id: 2, rank: null }, /\(rank is null and id > \?::int8\)/],
    ['down among nulls', order({ descending: true }), { id: 2, rank: null }, /\(rank is null and id < \?::int8\)/],
    ['where none is null', order({ nullable: false }), { id: 2, rank: 5 }, /\(rank, id\) > \(\?::int4, \?::int8\)/],
  ] as const)
    it(`[LS9] continues ${name}`, async () => {
      const { next } = await page({ cursor: '' }, [row, row, row], by)
      assert.match((await page({ cursor: cursorOf(next) }, [], by)).sql, expected)
    })

  it('[LS10] refuses a cursor of another list', async () => {
    const { next } = await page({ cursor: '' }, rows(3))
    await page({ cursor: cursorOf(next), page_size: 50 }, rows(3))
    await assert.rejects(page({ cursor: cursorOf(next) }, rows(3), order(), 'others'), isRefused)
    await assert.rejects(page({ cursor: cursorOf(next), page: 1 }, rows(3)), isRefused)
  })

  for (const [type, bad] of [
    ['timestamptz', ['x', 5, null, '0000-01-01T00:00:00.000Z', '2030-01-01', '2030-02-30T00:00:00.000Z']],
    ['float8', ['1', null]],
    ['int4', ['1', 1.5, 2 ** 31, null]],
    ['int8', ['1', 2 ** 53, null]],
    ['text', [5, 'a\0', '\ud800', null]],
  ] as const)
    it(`[LS10] accepts only values of the type ${type} in a cursor, whatever a client made of it`, async () => {
      const by = order({ type, nullable: false })
      const seal = JSON.parse(
        Buffer.from(cursorOf((await page({ cursor: '' }, rows(3))).next), 'base64url').toString(),
      )[1]
      for (const value of bad) {
        const cursor = Buffer.from(JSON.stringify(['n', seal, value, 1])).toString('base64url')
        await assert.rejects(page({ cursor }, [], by), isRefused, String(value))
      }
    })
})

const isRefused = (error: unknown) => error instanceof AppError && error.fields?.['cursor'] !== undefined
