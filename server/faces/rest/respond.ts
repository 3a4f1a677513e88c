import type { Context } from 'koa'
import type { Operation } from '../../../contract/index.ts'
import type { Page } from '../../kernel/paging.ts'
import { encodeList, isList } from './encode.ts'

/** Turns the answer of a service into a response: status, headers, and the shape of the endpoint's kind. */
export async function respond(ctx: Context, operation: Operation, answer: unknown): Promise<void> {
  if (!operation.output) {
    ctx.status = 204
    ctx.body = null
    return
  }
  ctx.status = operation.status ?? 200
  if (operation.location)
    ctx.set('Location', `${prefixOf(ctx)}${fill(operation.location, answer as Record<string, unknown>)}`)
  if (operation.etag) {
    const tag = `"${(answer as { version: number }).version}"`
    ctx.set('ETag', tag)
    if (operation.method === 'get' && matchesTag(ctx.get('If-None-Match'), tag)) {
      ctx.status = 304
      ctx.body = null
      return
    }
  }
  const data = isPage(answer) ? addressed(ctx, answer) : answer
  ctx.type = 'json'
  if (operation.envelope) {
    ctx.body = { success: true, data, message: operation.envelope, timestamp: new Date().toISOString() }
  } else ctx.body = isList(data) ? await encodeList(data) : JSON.stringify(data)
}

/** `/api/v1` or `/api`, whichever the client used. */
const prefixOf = (ctx: Context) => `${ctx.state.basePath}${ctx.path.startsWith('/api/v1/') ? '/api/v1' : '/api'}`

const fill = (template: string, values: Record<string, unknown>) =>
  template.replace(/:(\w+)/g, (_, name: string) => String(values[name]))

/** A weak comparison, as is right for reading (RFC 9110, 13.1.2). */
export const matchesTag = (list: string, tag: string) =>
  list.split(',').some(one => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag)

export const isPage = (answer: unknown): answer is Page<unknown> =>
  typeof answer === 'object' && answer !== null && 'results' in answer && 'next' in answer && 'previous' in answer

/** The addresses of the neighbouring pages: the address of the request with one parameter changed. */
function addressed(ctx: Context, page: Page<unknown>): Page<unknown> {
  const address = (parameter: string | null) => {
    if (parameter === null) return null
    const query = new URLSearchParams(ctx.querystring)
    // Not `split`, because a value may contain `=`.
    const at = parameter.indexOf('=')
    query.set(parameter.slice(0, at), parameter.slice(at + 1))
    return `${ctx.state.basePath}${ctx.path}?${query}`
  }
  return { ...page, next: address(page.next), previous: address(page.previous) }
}
