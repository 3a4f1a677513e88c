import assert from 'node:assert/strict'
import fc from 'fast-check'
import { z } from 'zod'
import { PatchIn } from '../../server/features/scim/scim-patch.ts'
import { UserIn } from '../../server/features/scim/scim-user.ts'
import { isLong } from '../support/long.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { programOf } from '../suites/api-keys.ts'
import { addressPartFor, inputFor } from './inputs.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const settings = { seed: Number(process.env.FUZZ_SEED ?? 1), numRuns: isLong ? 2_000 : 80 }
/** What a patch may be about, in many spellings. */
const paths = fc.constantFrom(
  'userName',
  'EMAILS',
  'emails[type eq "work"].value',
  'name',
  'active',
  'externalId',
  'x',
  '[',
)

describe('random SCIM', function () {
  this.timeout(600_000)
  let server: TestServer
  let key: string
  before(async () => {
    server = await startServer()
    ;({ key } = await programOf(server, server.admin, ['admin']))
  })
  after(() => server.close())

  async function send(method: string, path: string, body?: unknown) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`${server.url}/scim/v2${path}`, { method, headers, ...sent })
    const text = await answer.text()
    assert.ok(answer.status < 500, text)
    if (answer.status >= 400) assert.equal(JSON.parse(text).status, String(answer.status))
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  it('[FZ1] gets an answer of SCIM to users', () =>
    fc.assert(
      fc.asyncProperty(inputFor(UserIn), async body => void (await send('POST', '/Users', body))),
      settings,
    ))

  it('[FZ1] gets an answer of SCIM to patches', async () => {
    const { body } = await expect(send('POST', '/Users', { userName: 'zoe@corp.example' }), 201)
    const operation = fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path: paths, value: fc.jsonValue() })
    const patch = fc.record({ schemas: fc.constant([patchOp]), Operations: fc.array(operation, { maxLength: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.oneof(patch, inputFor(PatchIn)), async value => {
        await send('PATCH', `/Users/${body.id}`, value)
      }),
      settings,
    )
  })

  it('[FZ1] gets an answer of SCIM to filters and pages', () => {
    const word = fc.constantFrom(
      'userName',
      'eq',
      'and',
      '"a"',
      'active',
      'true',
      'pr',
      'co',
      '(',
      '"\\ud800"',
      '"\\u0000"',
    )
    const filter = fc.oneof(
      fc.array(word).map(words => words.join(' ')),
      addressPartFor(z.string()),
    )
    const part = addressPartFor(z.string())
    return fc.assert(
      fc.asyncProperty(filter, part, part, async (wanted, startIndex, attributes) => {
        await send('GET', `/Users?${new URLSearchParams({ filter: wanted })}`)
        await send('GET', `/Users?${new URLSearchParams({ startIndex, attributes })}`)
      }),
      settings,
    )
  })
})
