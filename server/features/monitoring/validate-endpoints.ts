import { type EndpointValidation, type Operation, operations } from '../../../contract/index.ts'
import { errorClass } from '../../kernel/error-class.ts'
import type { CallOwn, OwnAnswer } from './own-calls.ts'

type Result = EndpointValidation['results'][number]

/** What one call must bring: its status, and a look at the answer that says what is off. */
interface Expectation {
  endpoint: string
  path: string
  caller: Result['caller']
  status: number
  findProblem?: (answer: OwnAnswer) => string | null
}

const base = '/api/v1'
/** They would call themselves. */
const ownPath = /^\/monitoring\/validate\//

/** The operations that can be called without knowing anything: those that read and need no input. */
const readable: Operation[] = Object.values(operations)
  .flatMap(set => Object.values(set) as Operation[])
  .filter(({ method, params, query, file, path }) => {
    const needsNothing = !params && (query === undefined || query.safeParse({}).success)
    return method === 'get' && needsNothing && !file && !ownPath.test(path)
  })

const others = ['/metrics', '/openapi.json', '/asyncapi.json']

const expectations: Expectation[] = [
  ...readable.map(operation => ({
    endpoint: `GET ${operation.path}`,
    path: `${base}${operation.path}`,
    caller: 'administrator' as const,
    status: 200,
    findProblem: ({ body }: OwnAnswer) => misfit(operation, body),
  })),
  ...readable
    .filter(({ access }) => access !== 'public')
    .map(({ path }) => ({
      endpoint: `GET ${path}`,
      path: `${base}${path}`,
      caller: 'stranger' as const,
      status: 401,
      findProblem: ({ body }: OwnAnswer) => (codeIn(body) === 'unauthenticated' ? null : 'the error has another code'),
    })),
  ...others.map(path => ({ endpoint: `GET ${path}`, path, caller: 'administrator' as const, status: 200 })),
]

/**
 * Calls each endpoint that reads and needs no input, as the administrator and as a stranger, and holds every answer
 * against the contract; then opens and closes a connection of Engine.IO.
 */
export async function validateEndpoints(callOwn: CallOwn, token: string): Promise<EndpointValidation> {
  const results: Result[] = []
  // One after another: a check of a busy instance must not add much to its work.
  for (const one of expectations) results.push(await check(callOwn, token, one))
  results.push(await checkSockets(callOwn))
  const failed = results.filter(({ ok }) => !ok).length
  return { ok: failed === 0, checked: results.length, failed, results }
}

async function check(callOwn: CallOwn, token: string, expected: Expectation): Promise<Result> {
  const { endpoint, path, caller, status } = expected
  return timed({ endpoint, caller, expected_status: status }, async () => {
    const answer = await callOwn(path, { token: caller === 'administrator' ? token : undefined })
    const problem =
      answer.status === status
        ? answer.headers.has('x-request-id')
          ? (expected.findProblem?.(answer) ?? null)
          : 'the answer has no X-Request-Id'
        : `answered ${answer.status}${codeIn(answer.body) === undefined ? '' : ` (${codeIn(answer.body)})`}`
    return { status: answer.status, problem }
  })
}

const engine = '/socket.io/?EIO=4&transport=polling'

const checkSockets = (callOwn: CallOwn) =>
  timed({ endpoint: 'GET /socket.io', caller: 'stranger', expected_status: 200 }, async () => {
    const { status, body } = await callOwn(engine)
    const session = /^0\{"sid":"([\w-]+)"/.exec(String(body))?.[1]
    if (session === undefined) return { status, problem: 'no connection was opened' }
    await callOwn(`${engine}&sid=${session}`, { method: 'POST', body: '1' })
    return { status, problem: null }
  })

async function timed(
  about: Pick<Result, 'endpoint' | 'caller' | 'expected_status'>,
  work: () => Promise<Pick<Result, 'status' | 'problem'>>,
): Promise<Result> {
  const began = performance.now()
  const found = await work().catch(error => ({ status: null, problem: `no answer (${errorClass(error)})` }))
  return { ...about, ...found, ok: found.problem === null, duration_ms: Math.round(performance.now() - began) }
}

/** Where an answer differs from the contract: the field and why. Values are not repeated. */
function misfit({ output, envelope }: Operation, body: unknown): string | null {
  if (!output) return null
  const isWrapped = typeof body === 'object' && body !== null && 'data' in body && 'success' in body
  if (envelope !== undefined && !isWrapped) return 'the answer is in no envelope'
  const [issue] = output.safeParse(envelope === undefined ? body : (body as { data: unknown }).data).error?.issues ?? []
  return issue ? `${issue.path.map(String).join('.') || 'the answer'}: ${issue.message}` : null
}

const codeIn = (body: unknown): string | undefined => (body as { error?: { code?: string } } | null)?.error?.code
