import type { Context } from 'koa'
import { limits } from '../../../contract/index.ts'
import { invalid } from '../../kernel/errors.ts'
import { createScope, type PublicScope } from '../../kernel/scope.ts'
import type { Known } from './credentials.ts'
import type { RequestState } from './request.ts'

/** What a request says in addition to path, query and body, in the form that services understand. */
export function scopeOf(ctx: Context, known: Known | null, raw: Buffer | string | undefined): PublicScope {
  const mutationId = header(ctx, 'X-Mutation-Id', limits.mutationId)
  const key = header(ctx, 'Idempotency-Key', limits.idempotencyKey)?.replace(/^"(.+)"$/, '$1')
  const ifMatch = ctx.get('If-Match')
  const expected = ifMatch === '' || ifMatch.trim() === '*' ? undefined : tags(ifMatch)
  const { spending, isElsewhere } = ctx.state as RequestState
  const caller = {
    person: known?.person ?? null,
    sessionId: known?.sessionId ?? null,
    ...(known && !known.key && { authenticatedAt: known.authenticatedAt }),
    ...(known?.key && { key: known.key }),
    requestId: ctx.state.requestId as string,
    address: ctx.ip,
    userAgent: ctx.get('User-Agent'),
    ...(spending && { noteLimit: spending.note }),
    ...(isElsewhere && { isElsewhere }),
  }
  return createScope(caller, {
    mutationId,
    traceparent: ctx.state.traceparent,
    expected,
    idempotencyKey: key,
    call: { method: ctx.method, path: () => pathIn(ctx), body: () => raw ?? '' },
  })
}

/** Without what differs between two addresses of the same operation. */
const pathIn = ({ path }: Context) => path.replace(/^\/api(\/v1)?/, '').replace(/\/$/, '')

function header(ctx: Context, name: string, max: number): string | undefined {
  if (ctx.headers[name.toLowerCase()] === undefined) return undefined
  const value = ctx.get(name)
  if (value.length < 1 || value.length > max || /[^\x20-\x7e]/.test(value)) {
    throw invalid({ [name]: `must have 1 to ${max} printable ASCII characters` })
  }
  return value
}

/** The versions among strong entity tags; a weak tag never matches a write (RFC 9110, 13.1.1). */
export const tags = (list: string): number[] =>
  list.split(',').flatMap(tag => {
    const [, version] = /^\s*"([1-9][0-9]{0,9})"\s*$/.exec(tag) ?? []
    return version === undefined ? [] : [Number(version)]
  })
