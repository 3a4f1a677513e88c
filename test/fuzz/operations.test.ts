import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Socket } from 'socket.io-client'
import { commands, type Operation, operations } from '../../contract/index.ts'
import { isLong } from '../support/long.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { isAPIError } from '../suites/answers.ts'
import { fieldsOf } from '../suites/samples.ts'
import { addressPartFor, inputFor } from './inputs.ts'

const all = Object.entries(operations).flatMap(([resource, set]) =>
  Object.entries(set as Record<string, Operation>).map(([name, operation]) => ({
    name: `${resource}.${name}`,
    operation,
  })),
)
const calls = Object.entries(commands) as [string, { input: Parameters<typeof inputFor>[0] }][]

/** Inputs for each operation and each call: about 1,000 in all, and 20,000 in the long suite. */
const runs = isLong ? 180 : 8
const seed = Number(process.env.FUZZ_SEED ?? 1)
const settings = { seed, numRuns: runs }

/** Their work is a whole backup, or a whole database; other tests cover them. */
const tooExpensive = ['backups.create', 'backups.restore']

/** The three parts of the input of an operation. */
function inputOf({ params, query, body }: Operation) {
  const parts = (of: typeof params) =>
    fc.record(
      Object.fromEntries(Object.entries(fieldsOf(of)).map(([field, schema]) => [field, addressPartFor(schema)])),
    )
  return fc.record({
    params: parts(params),
    query: fc.option(parts(query), { nil: {} as Record<string, string> }),
    body: body ? inputFor(body) : fc.constant(undefined),
  })
}

describe('random inputs', function () {
  this.timeout(600_000)
  let server: TestServer
  const callers: Partial<Record<'user' | 'admin', Client>> = {}
  before(async () => void (server = await startServer()))
  after(() => server.close())

  /** Somebody with this role. A random call may have ended their session or taken the role from them. */
  async function callerWith(role: 'user' | 'admin'): Promise<Client> {
    const known = callers[role]
    const me = known && (await known.rest('GET', '/auth/me'))
    if (me?.status === 200 && me.body.role === role) return known!
    const client = (callers[role] = await server.user(role))
    await server.query('update users set role = $2 where id = $1', [client.person.id, role])
    return client
  }

  for (const { name, operation } of all) {
    if (tooExpensive.includes(name)) continue
    const input = inputOf(operation)
    it(`[FZ1] get an answer of the contract from ${name}`, async () => {
      const client = await callerWith(operation.access === 'admin' ? 'admin' : 'user')
      await fc.assert(
        fc.asyncProperty(input, async ({ params, query, body }) => {
          const path = operation.path.replace(/:(\w+)/g, (_, param: string) =>
            encodeURIComponent(params[param]! || 'empty'),
          )
          const search = new URLSearchParams(query).toString()
          const answer = await client.rest(operation.method.toUpperCase(), `${path}${search && `?${search}`}`, body)
          assert.ok(answer.status < 500, JSON.stringify(answer.body))
          if (answer.status >= 400) isAPIError(answer.body)
        }),
        settings,
      )
    })
  }

  for (const [name, { input }] of calls)
    it(`[FZ2] get an acknowledgement of the contract for ${name}`, async () => {
      const client = await callerWith('user')
      let socket: Socket = await client.socket()
      await fc.assert(
        fc.asyncProperty(inputFor(input), async value => {
          if (!socket.connected) socket = await client.socket()
          const ack = await socket.timeout(10_000).emitWithAck(name, value)
          if (ack.ok === true) return
          const { ok, ...error } = ack
          assert.equal(ok, false)
          assert.notEqual(isAPIError(error).error.code, 'internal_error')
        }),
        settings,
      )
    })

  it('[FZ3] leave the server healthy', async () => {
    assert.equal((await server.rest('GET', '/health/ready')).status, 200)
  })
})
