import type Router from '@koa/router'
import type { Middleware } from 'koa'
import { createAddressList, surelyFrom } from '../../kernel/address-list.ts'
import { assertCan } from '../../kernel/can.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { createSharedAnswer } from '../../kernel/shared-answer.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { type CredentialRules, identify, showsCredentials } from './credentials.ts'
import { readMetrics } from './metrics.policy.ts'
import type { RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'

/** However many ask, the metrics are read and written down once in this time. */
const sharedMs = 250

export interface MetricsRules {
  credentials: CredentialRules
  /** Addresses and ranges that may read the metrics without credentials. */
  allowedAddresses: readonly string[]
  trustProxy: number
}

/** The metrics for Prometheus, at the root of the server: for administrators, whoever has `metrics:read`, and
 * listed addresses. */
export function addMetricsRoute(router: Router, metrics: Metrics, rules: MetricsRules, turns: RequestTurns): void {
  const isListed = createAddressList(rules.allowedAddresses)
  const read = createSharedAnswer(sharedMs, metrics.text)

  const serve: Middleware<RequestState> = async ctx => {
    ctx.state.route = '/metrics'
    const address = surelyFrom(ctx.req, rules.trustProxy)
    // Whoever shows credentials is judged by them, so that a wrong token is noticed.
    if (showsCredentials(ctx) || address === null || !isListed(address)) {
      const caller = await identify(ctx, rules.credentials)
      assertCan({ ...caller, isElsewhere: ctx.state.isElsewhere === true }, readMetrics, null)
    }
    if (!ctx.accepts('text/plain')) throw new AppError('not_acceptable', 'Metrics are text: Accept: text/plain.')
    if (!(await turns.hold('pageFiles', addressKey(ctx.ip), ctx.res))) return
    const { type, body } = await read()
    ctx.type = type
    ctx.body = body
  }
  router.get('/metrics', serve as never)
}
