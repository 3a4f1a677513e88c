import assert from 'node:assert/strict'
import {
  addressFilters,
  day,
  flag,
  id,
  ids,
  oneOf,
  someOf,
  text,
  texts,
  type FiltersOf,
} from '../../client-demo/src/filters/address-filters.ts'

const filters = addressFilters({
  search: text('search'),
  since: day('from'),
  project: id('project'),
  people: ids('person'),
  tags: texts('tag'),
  colours: someOf('colour', ['red', 'green']),
  shape: oneOf('shape', ['round', 'flat'], null),
  onlyMine: flag('whose', 'mine'),
})
type Filters = FiltersOf<typeof filters>

const all: Filters = {
  search: 'a & b',
  since: '2026-11-29',
  project: 7,
  people: [3, 2],
  tags: ['x', 'y z'],
  colours: ['green', 'red'],
  shape: 'flat',
  onlyMine: true,
}

describe('filters in the address', () => {
  it('[PG5] come back as they were written, and what is not chosen stands in no address', () => {
    assert.deepEqual(filters.read(filters.write(all)), all)
    assert.deepEqual(filters.read(new URLSearchParams()), filters.none)
    assert.equal(filters.address('/things', filters.none), '/things')
    assert.equal(
      filters.address('/things', { ...filters.none, project: 7, people: [3, 2] }),
      '/things?project=7&person=3&person=2',
    )
  })

  it('[PG5] are none where nothing can be understood', () => {
    const query = 'from=yesterday&project=-1&person=1e3&person=&tag=&colour=blue&shape=odd&whose=yours&other=1'
    assert.deepEqual(filters.read(new URLSearchParams(query)), filters.none)
  })

  it('[EO11] are none for days that no calendar has', () => {
    for (const from of [
      '2026-02-30',
      '2027-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '12026-01-01',
      '2026-1-1',
    ])
      assert.equal(filters.read(new URLSearchParams({ from })).since, '', from)
    for (const from of ['2028-02-29', '0001-01-01', '9999-12-31'])
      assert.equal(filters.read(new URLSearchParams({ from })).since, from)
  })

  it('[PG5] narrow when one of them is chosen, and are the same when they say the same', () => {
    assert.equal(filters.isNarrowed(filters.none), false)
    for (const key of Object.keys(all) as (keyof Filters)[])
      assert.equal(filters.isNarrowed({ ...filters.none, [key]: all[key] }), true, key)
    assert.equal(filters.isSame(all, structuredClone(all)), true)
    assert.equal(filters.isSame(all, { ...all, people: [2] }), false)
  })
})
