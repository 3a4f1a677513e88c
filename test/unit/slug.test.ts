import assert from 'node:assert/strict'
import fc from 'fast-check'
import { limits, operations } from '../../contract/index.ts'
import { slugFrom, variants } from '../../server/features/projects/slug.ts'

describe('a slug', () => {
  const { slug } = operations.projects.update.body.shape

  for (const [name, expected] of [
    ['Café & Bar 2', 'cafe-bar-2'],
    ['  --x--  ', 'x'],
    ['2026', 'project-2026'],
    ['🐙', 'project'],
    ['A/B\\C', 'a-b-c'],
    ['ſtraße', 'strasse'],
    ['Łódź Ærø', 'lodz-aero'],
    ['Đà Nẵng', 'da-nang'],
    ['Cafe\u0301', 'cafe'],
    ['ΔΡΟΜΟΣ', 'dromos'],
    ['日本語', 'ribenyu'],
    ['🐙 octo', 'octo'],
  ])
    it(`[PJ2] is ${expected} for "${name}"`, () => {
      assert.equal(slugFrom(name!), expected)
    })

  it('[PJ2] is accepted by the contract for every name, with all its variants', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: limits.projectName }), name => {
        for (const one of variants(slugFrom(name))) assert.ok(slug.safeParse(one).success, one)
      }),
      { numRuns: 30 },
    )
    for (const long of ['x'.repeat(200), '1'.repeat(200), 'x '.repeat(100)])
      for (const one of variants(slugFrom(long))) assert.ok(slug.safeParse(one).success, one)
  })

  it('[PJ2] has variants that differ, and a last one', () => {
    const all = [...variants('a')]
    assert.deepEqual(all.slice(0, 3), ['a', 'a-2', 'a-3'])
    assert.ok(new Set(all).size === all.length && all.length < 50)
  })
})
