import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const server = fileURLToPath(new URL('../../server', import.meta.url))

/** What asks for a role, a permission or an address, and so decides by itself who may do what. */
const judgements = [
  /\brole\)? *(===|!==) *'(admin|owner|editor|viewer)'/,
  /\bpermissions\??\.(has|includes)\(/,
  /rights\.projects\.has\(/,
  /\bif \(!?\w*\.?isElsewhere/,
]

/** Beside the policies of the features and the judge itself. */
const mayAsk: Record<string, string> = {
  'kernel/can.ts': 'the judge',
  'features/projects/members.service.ts': 'an owner who leaves hands the project over',
  'features/projects/projects.erasing.ts': 'an owner whose account is erased hands it over, too',
  'faces/socket/sweep.ts': 'compares the rights that a socket holds with those in the database',
  'events/seats.ts': 'which events a reader gets in a room that was judged',
}

const judges = (text: string) => judgements.filter(one => one.test(text)).map(String)

describe('who may do what', () => {
  it('[RX9] is asked of `can`, and declared in policies only', () => {
    const stray = readdirSync(server, { recursive: true, encoding: 'utf8' })
      .filter(
        file => file.endsWith('.ts') && !file.endsWith('.policy.ts') && !(file in mayAsk) && !file.startsWith('cli/'),
      )
      .map(file => [file, ...judges(readFileSync(path.join(server, file), 'utf8'))])
      .filter(([, ...found]) => found.length > 0)

    assert.deepEqual(stray, [])
  })

  it('[RX9] a judgement elsewhere is found', () => {
    for (const text of [
      "person.role === 'admin'",
      "if (project.role !== 'owner')",
      'key.permissions.includes(x)',
      'who: ({ permissions }) => permissions.includes(x)',
      'rights.projects.has(1)',
    ])
      assert.equal(judges(text).length, 1, text)
    assert.equal(judges('if (scope.isElsewhere) throw').length, 1)
  })
})
