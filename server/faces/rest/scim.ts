import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type APIError, limits, type Operation } from '../../../contract/index.ts'
import {
  errorSchema,
  listSchema,
  mostResults,
  scimTypeOf,
  type ScimUsers,
  serviceProviderConfig,
  userResourceType,
  userSchema,
  userSchemaDocument,
} from '../../features/scim/index.ts'
import { assertCan } from '../../kernel/can.ts'
import type { BodyMemory } from '../../kernel/body-memory.ts'
import { AppError, invalid, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { parseJson, receiveJson } from './body.ts'
import { type CredentialRules, identify, showsKey } from './credentials.ts'
import type { RequestState } from './request.ts'
import type { RequestTurns } from './request-turns.ts'
import { scopeOf } from './scope.ts'

export interface ScimDeps {
  users: ScimUsers
  credentials: CredentialRules
  turns: RequestTurns
  bodies: BodyMemory
  publicUrl: string | undefined
}

const type = 'application/scim+json'
const bases = ['', '/api/v1', '/api'].map(prefix => `${prefix}/scim/v2`)
/** Whether an address is one of SCIM. */
export const isOfScim = (path: string): boolean => ofScim.test(path)
const ofScim = /^(?:\/api(?:\/v1)?)?\/scim\/v2(?:\/|$)/

/** Whoever provisions accounts administers them; a session is not enough, so that no page of a browser does it. */
const administering = { access: 'admin', key: 'admin' } as Operation

/** Identity providers send an API key as a Bearer token, which is what SCIM clients know. */
export const readScimKey: Middleware<RequestState> = (ctx, next) => {
  const [, key] = (ofScim.test(ctx.path) && /^Bearer (tw_\S+)$/i.exec(ctx.get('Authorization'))) || []
  if (key !== undefined && ctx.get('X-API-Key') === '') {
    ctx.req.headers['x-api-key'] = key
    delete ctx.req.headers.authorization
  }
  return next()
}

type Answer = (ctx: Context, call: { scope: Scope; base: string; id: string; body: unknown }) => Promise<unknown>

/** SCIM 2.0 (RFC 7643, RFC 7644): how an identity provider makes, changes and disables accounts. */
export function addScimRoutes(router: Router, deps: ScimDeps): void {
  const { users } = deps
  const at = (path: string) => bases.map(base => `${base}${path}`)
  const serve = (path: string, answer: Answer) => serving(deps, `/scim/v2${path}`, answer)
  const version = (ctx: Context) => {
    const given = ctx.get('If-Match')
    return given === '' || given === '*' ? undefined : given
  }

  router.get(
    at('/Users'),
    serve('/Users', async (ctx, { base }) => {
      const { filter } = ctx.query
      if (Array.isArray(filter)) throw invalid({ filter: 'may be given only once' })
      const startIndex = Math.max(1, numberIn(ctx, 'startIndex') ?? 1)
      const count = Math.min(mostResults, Math.max(0, numberIn(ctx, 'count') ?? mostResults))
      const found = await users.list(base, { filter, startIndex, count })
      return { ...found, Resources: found.Resources.map(user => projected(ctx, user)) }
    }),
  )
  router.post(
    at('/Users'),
    serve('/Users', async (ctx, { scope, base, body }) => {
      const made = await users.create(scope, base, body)
      ctx.status = 201
      ctx.set({ Location: made.meta.location, ETag: made.meta.version })
      return projected(ctx, made)
    }),
  )
  const one = (ctx: Context, user: Awaited<ReturnType<ScimUsers['get']>>) => {
    ctx.set('ETag', user.meta.version)
    return projected(ctx, user)
  }
  router.get(
    at('/Users/:id'),
    serve('/Users/:id', async (ctx, { base, id }) => {
      const user = await users.get(base, id)
      if (ctx.get('If-None-Match') !== user.meta.version) return one(ctx, user)
      ctx.set('ETag', user.meta.version)
      ctx.status = 304
      return undefined
    }),
  )
  router.put(
    at('/Users/:id'),
    serve('/Users/:id', async (ctx, { scope, base, id, body }) =>
      one(ctx, await users.replace(scope, base, { id, body, version: version(ctx) })),
    ),
  )
  router.patch(
    at('/Users/:id'),
    serve('/Users/:id', async (ctx, { scope, base, id, body }) =>
      one(ctx, await users.patch(scope, base, { id, body, version: version(ctx) })),
    ),
  )
  router.delete(
    at('/Users/:id'),
    serve('/Users/:id', async (ctx, { scope, id }) => {
      await users.remove(scope, { id, version: version(ctx) })
      ctx.status = 204
      return undefined
    }),
  )

  const fixed: [string, string | null, (base: string) => object][] = [
    ['/ServiceProviderConfig', null, serviceProviderConfig],
    ['/ResourceTypes', 'User', userResourceType],
    ['/Schemas', userSchema, userSchemaDocument],
  ]
  for (const [path, id, describe] of fixed) {
    router.get(
      at(path),
      serve(path, async (_, { base }) => (id === null ? describe(base) : listed([describe(base)]))),
    )
    if (id === null) continue
    router.get(
      at(`${path}/:id`),
      serve(`${path}/:id`, async (_, asked) => {
        if (asked.id !== id) throw notFound()
        return describe(asked.base)
      }),
    )
  }
  // Groups, bulks and whatever else there is in SCIM.
  router.all(
    at('/{*rest}'),
    serve('', () => Promise.reject(notFound())),
  )
}

const listed = (Resources: object[]) => ({
  schemas: [listSchema],
  totalResults: Resources.length,
  startIndex: 1,
  itemsPerPage: Resources.length,
  Resources,
})

function numberIn(ctx: Context, name: string): number | undefined {
  const given = ctx.query[name]
  if (given === undefined) return undefined
  if (typeof given !== 'string' || !/^-?\d{1,9}$/.test(given)) throw invalid({ [name]: 'must be a whole number' })
  return Number(given)
}

/** The attributes that are asked for, at the top level; the id and the schemas always. */
function projected(ctx: Context, user: object): object {
  const names = (parameter: string) =>
    String(ctx.query[parameter] ?? '')
      .toLowerCase()
      .split(',')
      .flatMap(
        name =>
          name
            .trim()
            .replace(/^urn:ietf:params:scim:schemas:core:2\.0:user:/, '')
            .split('.')[0] || [],
      )
  const [wanted, unwanted] = [names('attributes'), names('excludedAttributes')]
  if (wanted.length === 0 && unwanted.length === 0) return user
  const isShown = (name: string) =>
    ['id', 'schemas'].includes(name) || (wanted.length > 0 ? wanted.includes(name) : !unwanted.includes(name))
  return Object.fromEntries(Object.entries(user).filter(([name]) => isShown(name.toLowerCase())))
}

/** What all calls have in common: who calls, and the body. */
function serving({ credentials, turns, bodies, publicUrl }: ScimDeps, route: string, answer: Answer): never {
  const serve: Middleware<RequestState> = async ctx => {
    ctx.state.route = route
    ctx.state.hasSecrets = true
    if (!showsKey(ctx)) throw new AppError('unauthenticated', 'Send an API key of an administrator.')
    const known = await identify(ctx, credentials)
    const owner = known.person.id
    const raw = ['POST', 'PUT', 'PATCH'].includes(ctx.method)
      ? await receiveJson(ctx, limits.bodyBytes, bodies.keep(owner, ctx.req), ['application/json', type])
      : undefined
    if (!(await turns.hold('people', owner, ctx.res))) return
    ctx.state.scope = scopeOf(ctx, known, raw)
    assertCan(ctx.state.scope, administering)
    const scope = ctx.state.scope as Scope
    const base = `${publicUrl ?? `${ctx.protocol}://${ctx.state.host}`}/scim/v2`
    const { id = '' } = (ctx as never as { params: { id?: string } }).params
    const body = raw === undefined ? {} : parseJson(raw)
    const found = await answer(ctx as never, { scope, base, id, body })
    ctx.body = found === undefined ? null : JSON.stringify(found)
    if (ctx.body) ctx.type = type
  }
  return serve as never
}

/**
 * The error of RFC 7644, 3.12, for whatever is refused below the addresses of SCIM, also before a route of it is reached.
 *
 * @param told the same error as it is told elsewhere
 */
export function answerScimError(ctx: Context, error: unknown, { error: told }: APIError): void {
  const scimType = error instanceof AppError ? scimTypeOf(error) : undefined
  const where = Object.entries(told.field_errors ?? {}).map(([field, messages]) => `${field} ${messages.join(', ')}`)
  if (ctx.status === 401) ctx.set('WWW-Authenticate', 'Bearer')
  ctx.body = JSON.stringify({
    schemas: [errorSchema],
    status: String(ctx.status),
    ...(scimType && { scimType }),
    detail: [told.message, ...where].join(' ').slice(0, 2_000),
  })
  ctx.type = type
}
