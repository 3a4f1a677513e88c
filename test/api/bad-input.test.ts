import assert from 'node:assert/strict'
import { type Operation, operations } from '../../contract/index.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { fingerprint } from '../suites/event-log.ts'
import { fieldsOf, nested, oddities, requiredIn, sampleOf } from '../suites/samples.ts'

/** Every operation of the contract; the tests cover an operation that is added later without a change here. */
const all = Object.entries(operations).flatMap(([resource, set]) =>
  Object.entries(set as Record<string, Operation>).map(([name, operation]) => ({
    name: `${resource}.${name}`,
    operation,
  })),
)

describe('bad input', function () {
  this.timeout(120_000)
  let server: TestServer
  let untouched: string
  before(async () => {
    server = await startServer()
    untouched = await fingerprint(server)
  })
  after(() => server.close())

  const addressOf = ({ path, params }: Operation, spoilt: Record<string, string> = {}) =>
    path.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(spoilt[name] ?? String(sampleOf(fieldsOf(params)[name]!))),
    )

  for (const { name, operation } of all) {
    const { method, params, query, body } = operation
    const call = (sent?: unknown, search = '', spoilt = {}) =>
      server.admin.rest(method.toUpperCase(), `${addressOf(operation, spoilt)}${search}`, sent)
    const sample = () => (body ? (sampleOf(body) as Record<string, unknown>) : undefined)

    describe(`for ${name}`, () => {
      if (operation.access !== 'public')
        it('[BI4] refuses a caller who is not signed in before it looks at the input', async () => {
          const sent = method === 'get' ? undefined : { nothing: 1 }
          refuses(await server.rest(method.toUpperCase(), `${addressOf(operation)}?nothing=1`, sent), 'unauthenticated')
        })

      it('[BI1] refuses an unknown query parameter by name', async () => {
        for (const stray of ['nothing', 'toString', 'constructor[prototype]', '__proto__']) {
          const named = stray === '__proto__' ? [stray] : [...requiredIn(query), stray]
          refuses(await call(sample(), `?${stray}=1`), 'validation_error', named)
        }
      })

      for (const [field, schema] of Object.entries(fieldsOf(query))) {
        it(`[BI1] refuses a bad ${field} in the query by name`, async () => {
          for (const bad of ['\u0000', 'x'.repeat(2_000), '', '-1', '[]', "' or 1=1 --", '1e999']) {
            if (schema.safeParse(bad).success) continue
            const error = refuses(await call(undefined, `?${field}=${encodeURIComponent(bad)}`), 'validation_error')
            assert.ok(Object.keys(error.field_errors!).includes(field), JSON.stringify(error))
          }
        })
      }

      for (const [field, schema] of Object.entries(fieldsOf(params))) {
        it(`[BI2] refuses a bad ${field} in the path by name`, async () => {
          for (const bad of ['\u0000', 'x'.repeat(500), '[]', '-1', "' or 1=1 --"])
            if (!schema.safeParse(bad).success)
              refuses(await call(sample(), '', { [field]: bad }), 'validation_error', [field])
        })
      }

      for (const [field, schema] of Object.entries(fieldsOf(body))) {
        it(`[BI1] refuses an impossible ${field} by name`, async () => {
          for (const [what, value] of Object.entries(oddities)) {
            if (schema.safeParse(value).success) continue
            const error = refuses(await call({ ...sample(), [field]: value }), 'validation_error')
            const named = Object.keys(error.field_errors!)
            assert.ok(named.length > 0 && named.every(one => one.split('.')[0] === field), `${what}: ${named}`)
          }
        })
      }

      if (body)
        it('[BI1] refuses unknown fields by name', async () => {
          for (const stray of ['nothing', 'is_admin', 'constructor', 'toString', '__proto__']) {
            const text = JSON.stringify({ ...sample(), '@': 1 }).replace('"@"', JSON.stringify(stray))
            refuses(await call(text), 'validation_error', [stray])
          }
        })

      if (requiredIn(body).length > 0)
        it('[BI1] names missing fields', async () => {
          const { field_errors } = refuses(await call({}), 'validation_error', requiredIn(body))
          assert.ok(Object.values(field_errors!).every(messages => messages.join() === 'is required'))
        })

      if (method !== 'get') {
        it('[BI5] refuses a body that is not an object, and one that is nested too deeply (attack 54)', async () => {
          for (const text of ['null', '5', '"text"', '[[]]', '[{}]', 'true'])
            refuses(await call(text), 'validation_error')
          for (const levels of [32, 1_000]) refuses(await call({ deep: nested(levels) }), 'validation_error', ['deep'])
          const brackets = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
          refuses(await call(`{"deep":${brackets}}`), 'validation_error', ['deep'])
        })

        it('[BI5] refuses a body that is not JSON', async () => {
          for (const text of ['{', "{'a':1}", '{"a":}', 'NaN', '['.repeat(60_000), '{"a":1}}', '\u0000'])
            refuses(await call(text), 'invalid_json')
        })
      }

      it('[BI6] changes nothing with any of these calls', async () =>
        assert.equal(await fingerprint(server), untouched))
    })
  }
})
