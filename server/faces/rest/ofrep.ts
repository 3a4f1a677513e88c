import { createHash } from 'node:crypto'
import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { FlagContext, limits } from '../../../contract/index.ts'
import type { EvaluatedFlag, FlagEvaluation } from '../../features/flags/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { parse } from '../../kernel/bind.ts'
import type { BodyMemory } from '../../kernel/body-memory.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError, notFound } from '../../kernel/errors.ts'
import { assertCan } from '../../kernel/can.ts'
import type { Unread } from '../../kernel/unread.ts'
import { parseJson, receiveJson } from './body.ts'
import { type CredentialRules, identify, type Known, shownAccount } from './credentials.ts'
import type { FlagStreams } from './flag-streams.ts'
import type { RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'
import { matchesTag } from './respond.ts'

/** A context is a handful of attributes. */
const mostBytes = 64 * 1024
/** After this time out of sight a page closes its stream, and opens it again when somebody looks at it. */
const inactivitySeconds = 120

/** The error codes of OFREP for ours; all others are GENERAL. */
const errorCodes: Partial<Record<AppError['code'], string>> = {
  invalid_json: 'PARSE_ERROR',
  not_found: 'FLAG_NOT_FOUND',
  unsupported_media_type: 'PARSE_ERROR',
  validation_error: 'INVALID_CONTEXT',
}

export interface OfrepDeps {
  flags: FlagEvaluation
  streams: FlagStreams
  credentials: CredentialRules
  turns: RequestTurns
  bodies: BodyMemory
  unread: Unread
}

/**
 * The OpenFeature Remote Evaluation Protocol (github.com/open-feature/protocol, 0.3): one flag, all flags, and a stream
 * that says when to ask again. Every flag is a boolean.
 */
export function addOfrepRoutes(router: Router, deps: OfrepDeps): void {
  const { flags, streams } = deps
  const base = (path: string) => ['', '/api/v1', '/api'].map(prefix => `${prefix}/ofrep/v1${path}`)

  router.post(
    base('/evaluate/flags/:key'),
    evaluating(deps, '/ofrep/v1/evaluate/flags/:key', async (ctx, { person }, target) => {
      const { key } = ctx['params'] as { key: string }
      const found = await flags.one(person, key, target)
      if (!found) throw notFound()
      ctx.body = present(found)
    }),
  )

  router.post(
    base('/evaluate/flags'),
    evaluating(deps, '/ofrep/v1/evaluate/flags', async (ctx, { person, ...known }, target) => {
      const all = (await flags.all(person, target)).map(present)
      const etag = `"${createHash('sha256').update(JSON.stringify(all)).digest('base64url').slice(0, 22)}"`
      ctx.set('ETag', etag)
      if (matchesTag(ctx.get('If-None-Match'), etag)) {
        ctx.status = 304
        return
      }
      const requestUri = `${ctx.state.basePath}/ofrep/v1/stream?ticket=${streams.ticketFor(known)}`
      const stream = { type: 'sse', endpoint: { requestUri }, inactivityDelaySec: inactivitySeconds }
      ctx.body = { flags: all, eventStreams: [stream] }
      // The ticket opens the stream of the session, or of the key.
      ctx.state.hasSecrets = true
    }),
  )

  const open: Middleware<RequestState> = async ctx => {
    ctx.state.route = '/ofrep/v1/stream'
    await streams.open(ctx)
  }
  router.get(base('/stream'), open as never)
}

const present = ({ name, value, reason }: EvaluatedFlag) => ({
  key: name,
  value,
  variant: value ? 'on' : 'off',
  reason,
})

type Answer = (ctx: Context & { state: RequestState }, caller: Known, target: string | undefined) => Promise<void>

/** What both evaluations have in common: who asks, for whom, and errors that clients of OFREP understand. */
function evaluating({ credentials, turns, bodies, unread }: OfrepDeps, route: string, answer: Answer): never {
  const serve: Middleware<RequestState> = async ctx => {
    ctx.state.route = route
    const account = shownAccount(ctx, credentials)
    const owner = account ?? addressKey(ctx.ip)
    unread.belongsTo(ctx.res, owner)
    if (account !== null && !(await turns.hold('unread', owner, ctx.res))) return
    const caller = await identify(ctx, credentials)
    try {
      const raw = await receiveJson(ctx, mostBytes, bodies.keep(owner, ctx.req))
      if (!(await turns.hold('people', owner, ctx.res))) return
      assertCan(caller, 'flags:read')
      const { context } = parse(FlagContext, raw === undefined ? {} : parseJson(raw))
      await answer(ctx as never, caller, context?.targetingKey)
    } catch (error) {
      if (!(error instanceof AppError) || errorCodes[error.code] === undefined) throw error
      const { status, body } = apiError(error, ctx.state.requestId)
      const { key } = ctx['params'] as { key?: string }
      ctx.status = status
      ctx.body = {
        ...body,
        ...(key !== undefined && { key: key.slice(0, limits.flagName) }),
        errorCode: errorCodes[error.code],
        errorDetails: error.message,
      }
    }
  }
  return serve as never
}
