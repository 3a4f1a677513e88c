import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const rules = [...readFileSync(path.join(root, 'docs/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(
  ([, id]) => id!,
)

const tests = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => ({ name, text: readFileSync(path.join(root, 'test', name), 'utf8') }))

/** A title may begin with several ids. */
const cited = new Set(
  tests.flatMap(({ text }) =>
    [...text.matchAll(/['"`]((?:\[[A-Z]+\d+\] )+)/g)].flatMap(([, ids]) => ids!.match(/[A-Z]+\d+/g) ?? []),
  ),
)

describe('docs/SPEC.md', () => {
  it('[AR2] every rule is cited by a test', () => {
    assert.equal(rules.length > 50, true)
    assert.deepEqual(
      rules.filter(rule => !cited.has(rule)),
      [],
    )
  })

  it('[AR2] every id that a test cites is a rule, and stands there once', () => {
    assert.deepEqual(
      [...cited].filter(id => !rules.includes(id)),
      [],
    )
    assert.deepEqual(
      rules.filter((rule, nth) => rules.indexOf(rule) !== nth),
      [],
    )
  })

  it('[AR3] no test has a body that only returns a function, which mocha would pass unrun', () => {
    const vacuous = tests.filter(({ text }) =>
      /\bit\([^,\n]+,\s*(async\s*)?\(\)\s*=>\s*(async\s*)?\([^)]*\)\s*=>/.test(text),
    )
    assert.deepEqual(
      vacuous.map(({ name }) => name),
      [],
    )
  })
})
