import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const rules = new Set([...read('docs/SPEC.md').matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id]) => id!))
const prefixes = new Set([...rules].map(id => id.replace(/\d+$/, '')))
const text = read('docs/THREATS.md')

/** The rows of all tables below a heading of the second level, as cells. */
function rowsBelow(heading: string): string[][] {
  const part = text.split(/^## /m).find(one => one.startsWith(`${heading}\n`)) ?? ''
  return part
    .split('\n')
    .filter(line => line.startsWith('|') && !/^\| (-|no\.|requirements|who |what )/.test(line))
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.trim()),
    )
}

/** Ids of rules, which begin with a prefix of SPEC.md: `SVG`, `CSV` and `SHA256` are none. */
const idsIn = (cell: string) => (cell.match(/\b[A-Z]+\d+\b/g) ?? []).filter(id => prefixes.has(id.replace(/\d+$/, '')))

describe('docs/THREATS.md', () => {
  it('[AR9] names only rules of docs/SPEC.md', () => {
    const ids = idsIn(text)
    assert.ok(ids.length > 200)
    assert.deepEqual(
      ids.filter(id => !rules.has(id)),
      [],
    )
  })

  it('[AR9] has a rule for each attack, or the reason why there is none, under numbers that rise', () => {
    const rows = rowsBelow('Attacks')
    assert.ok(rows.length > 80)
    assert.deepEqual(
      rows.filter(row => row.length !== 4 || !isAnswered(row[3]!)),
      [],
    )
    const numbers = rows.map(([number]) => Number(number))
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
    )
  })

  it('[AR9] has a rule for each requirement of the standard, or the reason why there is none', () => {
    const rows = rowsBelow('The standard')
    assert.ok(rows.length > 20)
    assert.deepEqual(
      rows.filter(row => row.length !== 3 || !/^(App\. C|\d+\.\d+\.\d+)/.test(row[0]!) || !isAnswered(row[2]!)),
      [],
    )
  })

  it('[AR9] says of everybody who could attack what stops them', () => {
    for (const row of [...rowsBelow('What is trusted'), ...rowsBelow('Who could attack')])
      assert.ok(idsIn(row.at(-1)!).length > 0, row[0])
  })

  /** Files that start a server or a browser: a test of a function alone drives no attack. */
  const drivingTests = globSync('test/*/**/*.test.ts', { cwd: root }).filter(
    file => !/^test.(unit|architecture)./.test(file),
  )

  it('[AR9] has a test against a running server for each attack that applies, with its number in the title', () => {
    const driven = new Set<string>()
    for (const file of drivingTests) {
      const source = read(file)
      for (const [, number] of source.matchAll(/\(attack (\d+)\)/g)) driven.add(number!)
      // A table of cases that begin with the number of the attack.
      if (source.includes('(attack ${attack})'))
        for (const [, number] of source.matchAll(/^ *\[(\d+), '/gm)) driven.add(number!)
    }
    const rows = rowsBelow('Attacks')
    const applying = rows.filter(row => !/^not (built|applicable): /.test(row[3]!)).map(([number]) => number!)
    assert.deepEqual(
      applying.filter(number => !driven.has(number)),
      [],
    )
    const numbers = new Set(rows.map(([number]) => number))
    assert.deepEqual(
      [...driven].filter(number => !numbers.has(number)),
      [],
    )
  })

  /** Only ids, or a reason that begins with one of two words. */
  function isAnswered(cell: string): boolean {
    if (/^not (built|applicable): \S/.test(cell)) return true
    return /^[A-Z]+\d+(, [A-Z]+\d+)*$/.test(cell) && cell.split(', ').every(id => rules.has(id))
  }
})
