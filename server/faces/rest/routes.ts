import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type ApiResources, limits, type Operation, operations } from '../../../contract/index.ts'
import { bind, type Bound, type Handlers } from '../../kernel/bind.ts'
import type { BodyMemory } from '../../kernel/body-memory.ts'
import type { Unread } from '../../kernel/unread.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, receiveJson } from './body.ts'
import { IndexedRouter } from './indexed-router.ts'
import { type CredentialRules, identify, shownAccount } from './credentials.ts'
import { placesOf, type RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'
import type { Cursors } from './cursors.ts'
import { spendCost, spendUnasked } from './rate-limits.ts'
import { respond } from './respond.ts'
import { scopeOf } from './scope.ts'
import { answersSecrets } from './secrets.ts'

export type AllHandlers = { [R in keyof ApiResources]: Handlers<ApiResources[R]> }

/** What an operation needs only on this door, such as cookies. */
export interface Extras {
  /** May add to the body before it is parsed. */
  before?: (ctx: Context, body: unknown) => Promise<unknown>
  after?: (ctx: Context, answer: unknown) => void | Promise<void>
  /** The operation waits for a turn to hash a password and needs no other turn. */
  hashes?: boolean
}

export interface RouteDeps {
  handlers: AllHandlers
  credentials: CredentialRules
  /** The position of this instance in the event log, for answers that a client continues with events. */
  position: { readonly epoch: string; readonly offset: number }
  turns: RequestTurns
  bodies: BodyMemory
  unread: Unread
  cursors: Cursors
  /** By `resource.operation`. */
  extras: Record<string, Extras>
}

/** Serves every operation of the contract as a route under `/api/v1` and `/api`, all with one function. */
export function operationRoutes(deps: RouteDeps): Router {
  const router = new IndexedRouter({ sensitive: true })
  for (const [resource, set] of Object.entries(operations)) {
    for (const [name, operation] of Object.entries(set) as [string, Operation][]) {
      const handler = (deps.handlers as unknown as Record<string, Record<string, Parameters<typeof bind>[1]>>)[
        resource
      ]![name]!
      const serve = serveOperation(deps, operation, bind(operation, handler), deps.extras[`${resource}.${name}`] ?? {})
      for (const { method, path } of [operation, ...(operation.aliases ?? [])]) {
        router[method]([`/api/v1${path}`, `/api${path}`], serve as never)
      }
    }
  }
  return router
}

const bodyMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** The limit for clients that are not signed in; a sign-in has some hundred bytes. */
const mostBytesOfStrangers = 64 * 1024

function serveOperation(deps: RouteDeps, operation: Operation, call: Bound, extras: Extras): Middleware<RequestState> {
  // Known with the first call: at the start it would take longer than everything else here.
  let hasSecrets: boolean | undefined
  return async ctx => {
    ctx.state.route = operation.path
    ctx.state.hasSecrets = hasSecrets ??= answersSecrets(operation)
    if (!ctx.accepts('json')) throw new AppError('not_acceptable', 'Answers are JSON: Accept: application/json.')
    const account = operation.access === 'public' ? null : shownAccount(ctx, deps.credentials)
    let owner = account ?? addressKey(ctx.ip)
    const places = placesOf(operation, ctx)
    deps.unread.belongsTo(ctx.res, owner)
    const hold = async (of: 'unread' | 'people' | 'strangers') => {
      const began = performance.now()
      const isWanted = await deps.turns.hold(of, owner, ctx.res, places)
      ctx.state.waitedMs = (ctx.state.waitedMs ?? 0) + performance.now() - began
      return isWanted
    }
    if (account !== null && !(await hold('unread'))) return
    if (operation.access === 'public') await spendUnasked(ctx)
    const known = operation.access === 'public' ? null : await identify(ctx, deps.credentials)
    if (known && account === null) {
      // An API key that this instance has not seen yet.
      owner = known.person.id
      deps.unread.belongsTo(ctx.res, owner)
    }
    await spendCost((ctx.state as RequestState).spending, operation, ctx.query)
    const raw = bodyMethods.has(ctx.method)
      ? await receiveJson(ctx, known ? limits.bodyBytes : mostBytesOfStrangers, deps.bodies.keep(owner, ctx.req))
      : undefined
    // After the body, which may arrive slowly. Public reads take no turn, because their result is shared by all
    // callers.
    const takesTurn = !operation.callsOut && (known !== null || (operation.method !== 'get' && !extras.hashes))
    if (takesTurn && !(await hold(known ? 'people' : 'strangers'))) return
    const sent = raw && parseJson(raw)
    const scope = scopeOf(ctx, known, raw)
    ctx.state.scope = scope
    // Taken before the read. The answer is at least as new as this position, so no event after it is missed.
    if (operation.positioned) {
      ctx.set({ 'X-Event-Epoch': deps.position.epoch, 'X-Event-Offset': String(deps.position.offset) })
    }
    const body = extras.before ? await extras.before(ctx, sent) : sent
    const { params } = ctx as unknown as { params: unknown }
    const work = async () => call(scope, { params, query: deps.cursors.open(ctx.query), body })
    const answer = await (operation.callsOut ? deps.turns.run('callsOut', owner, work) : work())
    await respond(ctx, operation, deps.cursors.seal(answer))
    await extras.after?.(ctx, answer)
  }
}
