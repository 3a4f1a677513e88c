import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['server/features', 'test/boot/new-resource/server']

/** Lists of what people sign in with: they are short, and belong to who may call. */
const onPrimary = new Set([
  'server/features/accounts/sessions.service.ts',
  'server/features/accounts/single-sign-on/identities.service.ts',
  'server/features/keys/api-keys.service.ts',
])

/** Whether a call of `pageOf` reads from somewhere else than `database.reads`. */
const readsElsewhere = (text: string) => callsOfPageOf(text).some(call => /\bdatabase\b(?!\.reads\b)/.test(call))

function callsOfPageOf(text: string): string[] {
  return [...text.matchAll(/\bpageOf\(/g)].map(({ index }) => {
    let depth = 0
    let end = index
    do {
      if (text[end] === '(') depth++
      if (text[end] === ')') depth--
      end++
    } while (end < text.length && (depth > 0 || text[end - 1] !== ')'))
    return text.slice(index, end)
  })
}

describe('lists', () => {
  it('[RP1] are read from where a replica may answer', () => {
    const files = folders
      .flatMap(folder =>
        readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(name =>
          path.posix.join(folder, name),
        ),
      )
      .filter(file => file.endsWith('.ts'))
    const elsewhere = files.filter(file => readsElsewhere(readFileSync(path.join(root, file), 'utf8')))

    assert.deepEqual(elsewhere.toSorted(), [...onPrimary].toSorted())
  })

  it('[RP1] a list that is read from the primary is found', () => {
    assert.ok(readsElsewhere('pageOf(page, [], (a), clauses => list(database, clauses), () => count(database.reads))'))
    assert.ok(!readsElsewhere('find(database); pageOf(page, clauses => list(database.reads, clauses)); find(database)'))
    assert.ok(!readsElsewhere('read(who, db => pageOf(page, clauses => list(db, clauses)))'))
  })
})
