import cors from '@koa/cors'
import Koa from 'koa'
import type { SignOnFlow } from '../../features/accounts/index.ts'
import type { FlagEvaluation } from '../../features/flags/index.ts'
import type { FindExportFile } from '../../features/exports/index.ts'
import type { KeyCall } from '../../features/keys/index.ts'
import type { ScimUsers } from '../../features/scim/index.ts'
import type { ImportUploads } from '../../features/imports/index.ts'
import type { Health } from '../../../contract/index.ts'
import { createElsewhere } from '../../kernel/address-list.ts'
import { basePathOf } from '../../kernel/base-path.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CountError } from '../../kernel/error-metrics.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Tracing } from '../../ports/tracing.ts'
import { createBodyMemory } from '../../kernel/body-memory.ts'
import { limitBody } from './body-deadline.ts'
import { answerErrors } from './answer-errors.ts'
import { compressAnswers } from './compress.ts'
import type { CookieRules } from './cookies.ts'
import { shownAccount } from './credentials.ts'
import { addDocumentRoutes } from './documents/index.ts'
import { readHead, refuseAmbiguous } from './head.ts'
import { securityHeaders } from './headers.ts'
import type { FormDeps } from './form.ts'
import { addExportRoutes } from './exports.ts'
import { addImportRoutes } from './imports.ts'
import { addMetricsRoute } from './metrics.ts'
import { addMediaRoutes, type MediaRoutes } from './media.ts'
import type { FlagStreams } from './flag-streams.ts'
import { addOfrepRoutes } from './ofrep.ts'
import { servePage } from './page.ts'
import type { Limits } from '../../features/limits/index.ts'
import { onePerConnection } from './pipelining.ts'
import { limitCalls, spendUnasked } from './rate-limits.ts'
import { createRequestTurns, type RequestBounds } from './request-turns.ts'
import { observe, type RequestState } from './request.ts'
import { measureRequests } from './request-metrics.ts'
import type { NoteRefusal } from '../../kernel/refusal.ts'
import { type Extras, operationRoutes, type RouteDeps } from './routes.ts'
import { addSignOnRoutes } from './sign-on.ts'
import { addScimRoutes, readScimKey } from './scim.ts'
import { sessionCookies } from './session-cookies.ts'
import { refuseInMaintenance } from './maintenance.ts'
import { paceStrangers, type StrangerPace } from './stranger-pace.ts'

export { apiHeaders } from './headers.ts'
export { answerUnparsed } from './unparsed.ts'
export { defaultPace, type Pace } from './pace.ts'
export { defaultRequestBounds, type RequestBounds } from './request-turns.ts'
export { createReceiving, type ReceivingBounds } from './receiving.ts'
export type { StrangerPace } from './stranger-pace.ts'
export type { AllHandlers } from './routes.ts'
export { csrfToken } from './credentials.ts'
export { createCursors } from './cursors.ts'
export { createFlagStreams } from './flag-streams.ts'

export interface RestDeps extends Omit<RouteDeps, 'extras' | 'turns' | 'bodies'> {
  noteRefusal: NoteRefusal
  log: Logger
  metrics: Metrics
  countError: CountError
  tracing: Tracing
  /** Counts a call with an API key. */
  noteKeyCall: (call: KeyCall) => void
  /** Addresses and ranges that may read the metrics without credentials. */
  metricsAddresses: readonly string[]
  media: MediaRoutes
  signOn: SignOnFlow
  scim: ScimUsers
  imports: ImportUploads
  flags: FlagEvaluation
  flagStreams: FlagStreams
  exportFile: FindExportFile
  /** How forms with files are received. */
  forms: FormDeps
  pageDir: string | null
  cookies: CookieRules
  /** The URL at which people reach the page, if it is configured. */
  publicUrl: string | undefined
  /** The version of the package. */
  version: string
  /** Addresses and ranges from which administrators may administer; all when there are none. */
  adminAddresses: readonly string[]
  /** The number of proxies in front whose X-Forwarded-For entry is trusted. */
  trustProxy: number
  slowRequestMs: number
  /** Counts a call against the limits of its caller; null when there are no limits. */
  beginSpending: Limits['begin']
  /** @throws AppError while no calls are served, because the data are being replaced */
  assertOpen: () => void
  /** How many requests of one person, of one address and of all are answered at once. */
  bounds?: RequestBounds | undefined
  /** How fast clients at one address that are not signed in may send requests. */
  strangerPace?: StrangerPace | undefined
}

const exposed = [
  'Date',
  'ETag',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'X-Process-Time',
  'X-API-Version',
  'Server-Timing',
  'X-Event-Epoch',
  'X-Event-Offset',
  'Content-Range',
  'Content-Disposition',
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
]

/** The REST door and the page, as a listener for an HTTP server. */
export function createRestFace(deps: RestDeps) {
  const app = new Koa<RequestState>({ proxy: deps.trustProxy > 0 })
  const turns = createRequestTurns(deps.bounds)
  const bodies = createBodyMemory()
  const router = operationRoutes({
    ...deps,
    turns,
    bodies,
    extras: { ...sessionCookies(deps.credentials, deps.cookies), ...healthStatus, ...restoreStatus },
  })
  const basePath = basePathOf(deps.publicUrl)
  addDocumentRoutes(router, { version: deps.version, publicUrl: deps.publicUrl, basePath }, turns)
  addMediaRoutes(router, deps.credentials, deps.media, { ...deps.forms, turns })
  addImportRoutes(router, deps.credentials, deps.imports, deps.forms)
  addExportRoutes(router, deps.credentials, deps.exportFile, turns)
  addSignOnRoutes(router, { ...deps, flow: deps.signOn })
  addMetricsRoute(router, deps.metrics, { ...deps, allowedAddresses: deps.metricsAddresses }, turns)
  addScimRoutes(router, { ...deps, users: deps.scim, turns, bodies })
  addOfrepRoutes(router, { ...deps, streams: deps.flagStreams, turns, bodies })
  const { origins } = deps.credentials

  app.use(observe({ ...deps, metrics: measureRequests(deps.metrics) }))
  app.use(readHead(deps.trustProxy, basePath, createElsewhere(deps.adminAddresses, deps.trustProxy)))
  app.use(readScimKey)
  app.use(compressAnswers({ origins, secure: deps.cookies.secure }))
  app.use(answerErrors(deps))
  app.use(securityHeaders({ secure: deps.cookies.secure, version: deps.version, publicUrl: deps.publicUrl }))
  app.use(paceStrangers(ctx => shownAccount(ctx, deps.credentials) !== null, deps.strangerPace))
  app.use(
    cors({
      origin: ctx => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
      credentials: true,
      exposeHeaders: exposed,
    }),
  )
  app.use(limitCalls(deps.beginSpending, deps.credentials))
  app.use(refuseAmbiguous)
  app.use(refuseInMaintenance(deps.assertOpen))
  app.use(servePage(deps.pageDir, turns))
  app.use(router.routes() as unknown as Koa.Middleware<RequestState>)
  app.use(refuse(router))
  // A client that disconnects during its answer is not a fault of the server.
  app.on('error', error => deps.log.debug({ err: error }, 'response failed'))
  const answer = app.callback()
  return onePerConnection((req, res) => {
    // Koa, a stream and each of our bounds add a listener for the end of an answer: eleven listeners are not a leak.
    res.setMaxListeners(20)
    limitBody(req)
    deps.unread.watch(req, res)
    void answer(req, res)
  })
}

/** A load balancer reads only the status. */
const healthStatus: Record<string, Extras> = {
  'health.ready': {
    after: (ctx, answer) => {
      if ((answer as Health).status === 'unhealthy') ctx.status = 503
    },
  },
}

/** The second step begins a job. */
const restoreStatus: Record<string, Extras> = {
  'backups.restore': {
    after: (ctx, answer) => {
      if ('attempts' in (answer as object)) ctx.status = 202
    },
  },
}

/** No route matched: a known path with another method, or an unknown path. */
function refuse(router: ReturnType<typeof operationRoutes>): Koa.Middleware<RequestState> {
  return async ctx => {
    await spendUnasked(ctx as never)
    const methods = new Set(router.match(ctx.path, ctx.method).path.flatMap(layer => layer.methods))
    if (methods.size === 0) throw new AppError('not_found', 'There is no such endpoint.')
    ctx.set('Allow', [...methods, 'OPTIONS'].join(', '))
    if (ctx.method !== 'OPTIONS')
      throw new AppError('method_not_allowed', `This endpoint accepts ${[...methods].join(', ')}.`)
    ctx.status = 204
  }
}
