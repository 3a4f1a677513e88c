import type { LoggedEvent } from '../../../contract/index.ts'
import { checkMessage } from './messages.ts'
import { documentOf, fault } from './validators.ts'

export interface Exchange {
  method: string
  /** Below `/api/v1`, with its query. */
  path: string
  /** The body that was sent, if it was JSON. */
  sent?: unknown
  status: number
  headers: Headers
  /** Parsed, if it was JSON; empty, if there was no body; undefined, if it was something else. */
  body?: unknown
}

/** Headers that describe the answer, which the documents mention where they occur. */
const descriptive = ['etag', 'location', 'retry-after', 'content-range']
/** These may come with an error, too. */
const position = ['x-event-epoch', 'x-event-offset']

/** @throws Error that names the operation and the field, when an answer differs from openapi.json */
export function checkAnswer(exchange: Exchange): void {
  const { status, body } = exchange
  const found = findOperation(exchange)
  if (!found) {
    if (exchange.method.toUpperCase() === 'OPTIONS') return
    if (status < 400) fail(exchange, `answered ${status}, and is not documented`)
    const wrong = body === '' ? null : fault('openapi', ['components', 'schemas', 'APIError'], body)
    if (wrong !== null) fail(exchange, `answered ${status}: ${wrong}`)
    return
  }
  const { at, operation } = found
  const documented = operation.responses[status]
  if (!documented) fail(exchange, `${operation.operationId} answered ${status}, which is not documented`)
  const placeOf = [...at, 'responses', status]
  const name = `${operation.operationId} ${status}`
  checkHeaders(exchange, name, resolve(documented).headers)
  if (status < 300) checkRequest(exchange, found)
  if (exchange.method.toUpperCase() === 'HEAD') return
  const { content } = resolve(documented)
  if (!content) return void (body !== '' && fail(exchange, `${name} has a body`))
  const type = exchange.headers.get('content-type')?.split(';')[0] ?? 'application/json'
  if (!content[type]) fail(exchange, `${name} came as ${type}, which is not documented`)
  if (body === undefined) return
  const place = documented.$ref ? documented.$ref.split('/').slice(1) : placeOf
  const wrong = fault('openapi', [...place, 'content', type, 'schema'], body)
  if (wrong !== null) fail(exchange, `${name}: ${wrong}`)
  if (name === 'eventLog.read 200') checkEvents((body as { results: LoggedEvent[] }).results)
}

/** Events of the log have the form in which a socket would have got them. */
function checkEvents(events: LoggedEvent[]): void {
  for (const { event, payload, offset, at } of events) checkMessage(event, { ...payload, offset, at })
}

/** What the server accepted, the document must allow. */
function checkRequest(exchange: Exchange, { at, operation }: Found): void {
  const schema = operation.requestBody?.content['application/json']?.schema
  if (schema && exchange.sent !== undefined) {
    const place = [...at, 'requestBody', 'content', 'application/json', 'schema']
    const wrong = fault('openapi', place, exchange.sent)
    if (wrong !== null) fail(exchange, `${operation.operationId} took a body that is not documented: ${wrong}`)
  }
  const known = (operation.parameters ?? []).map((one: any) => resolve(one).name)
  for (const name of new URLSearchParams(exchange.path.split('?')[1] ?? '').keys())
    if (!known.includes(name)) fail(exchange, `${operation.operationId} took the parameter ${name}, not documented`)
}

function checkHeaders(exchange: Exchange, name: string, documented: Record<string, any> = {}): void {
  for (const [header, one] of Object.entries(documented))
    if (resolve(one).required && !exchange.headers.has(header)) fail(exchange, `${name} has no ${header}`)
  const names = Object.keys(documented).map(header => header.toLowerCase())
  for (const header of exchange.status < 400 ? [...descriptive, ...position] : descriptive)
    if (exchange.headers.has(header) && !names.includes(header))
      fail(exchange, `${name} has ${header}, which is not documented`)
}

interface Found {
  at: string[]
  operation: any
}

interface Pattern {
  pattern: RegExp
  path: string
}

/** The documented paths by method and number of parts, because every answer of the tests looks for its own. */
let patterns: Map<string, Pattern[]> | undefined

const partsOf = (path: string): number => path.split('/').filter(Boolean).length

function readPatterns(): Map<string, Pattern[]> {
  const { paths } = documentOf('openapi') as { paths: Record<string, object> }
  const found = Object.entries(paths)
    // A literal address precedes one with a placeholder for an id.
    .toSorted(([one], [other]) => one.split('{').length - other.split('{').length)
    .flatMap(([path, methods]) => {
      const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`)
      return Object.keys(methods).map(verb => ({ verb, path, pattern }))
    })
  return Map.groupBy(found, ({ verb, path }) => `${verb} ${partsOf(path)}`)
}

function findOperation({ method, path }: Exchange): Found | null {
  const asked = path.split('?')[0]!
  const verb = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase()
  patterns ??= readPatterns()
  const match = patterns.get(`${verb} ${partsOf(asked)}`)?.find(({ pattern }) => pattern.test(asked))
  return match ? { at: ['paths', match.path, verb], operation: documentOf('openapi').paths[match.path][verb] } : null
}

/** Follows a reference. */
function resolve(one: any): any {
  if (!one.$ref) return one
  return one.$ref
    .split('/')
    .slice(1)
    .reduce((whole: any, key: string) => whole[key], documentOf('openapi'))
}

function fail({ method, path }: Exchange, what: string): never {
  throw new Error(`${method} ${path.slice(0, 200)}: ${what} (openapi.json)`)
}
