import type { Context, Middleware } from 'koa'
import { limits, type Operation } from '../../../contract/index.ts'
import { type Limits, secondsLeft, type Spending } from '../../features/limits/index.ts'
import type { Standing } from '../../kernel/standing.ts'
import { type CredentialRules, shownAccount, showsKey } from './credentials.ts'
import { isAboutApi, isForPrograms, isLogoutAtIssuer } from './for-programs.ts'
import { isHealth } from './maintenance.ts'
import type { RequestState } from './request.ts'

/**
 * Takes each call from the limits of its caller, and says in the headers of every answer what is left. Health, the
 * files of the page, the pages about the API and logouts that issuers send are free: balancers ask all the time, and the
 * others have bounds of their own.
 *
 * A call with a token is counted while the token is looked up, and judged when the tier of its person is known
 * (`identify`), so that counting in Redis delays nobody. Who is known to be beyond a limit is refused here.
 */
export function limitCalls(begin: Limits['begin'], credentials: CredentialRules): Middleware<RequestState> {
  return async (ctx, next) => {
    const { path } = ctx
    const isFree = !isForPrograms(path) || isHealth(path) || isAboutApi(path) || isLogoutAtIssuer(path)
    if (begin === null || isFree) return next()
    const byKey = showsKey(ctx)
    const account = byKey ? null : shownAccount(ctx, credentials)
    const spending = begin(
      byKey ? { later: true, address: ctx.ip } : account !== null ? { account } : { address: ctx.ip },
    )
    ctx.state.spending = spending
    try {
      spending.check()
      if (account === null && !byKey) await spending.judge(null)
      await next()
    } finally {
      sayStandings(ctx, await spending.standings())
    }
  }
}

/**
 * Counts a call at its address if it shows an API key that nobody looks at, because the operation is public or there is
 * none. Any text in the header would do otherwise.
 *
 * @throws AppError `rate_limited`
 */
export async function spendUnasked(ctx: Context): Promise<void> {
  if (showsKey(ctx)) await (ctx.state as RequestState).spending?.judge(null)
}

/** Takes what an operation costs beyond 1. @throws AppError `rate_limited` */
export async function spendCost(spending: Spending | undefined, operation: Operation, query: object): Promise<void> {
  const extra = costOf(operation, query) - 1
  if (extra > 0) await spending?.more(extra)
}

/**
 * A search costs more, apart from one that only counts (`page_size=1`): the board counts its columns again and again while
 * others work, and a person who searches fast must not run into a limit.
 */
const costOf = ({ cost = 1 }: Operation, query: { search?: unknown; page_size?: unknown }) =>
  query.search !== undefined && query.search !== '' && query.page_size !== '1'
    ? Math.max(cost, limits.searchCost)
    : cost

/** `RateLimit` and `RateLimit-Policy` of the IETF draft 11, and the older headers of the limit that is nearest. */
function sayStandings(ctx: Context, standings: readonly Standing[]): void {
  let nearest = standings[0]
  if (!nearest) return
  const [policies, left]: [string[], string[]] = [[], []]
  for (const one of standings) {
    policies.push(`"${one.name}";q=${one.limit};w=${one.windowSeconds}`)
    left.push(`"${one.name}";r=${one.remaining};t=${secondsLeft(one)}`)
    if (one.remaining / one.limit < nearest.remaining / nearest.limit) nearest = one
  }
  ctx.set({
    'RateLimit-Policy': policies.join(', '),
    RateLimit: left.join(', '),
    'X-RateLimit-Limit': String(nearest.limit),
    'X-RateLimit-Remaining': String(nearest.remaining),
    'X-RateLimit-Reset': String(Math.ceil(nearest.resetAt / 1_000)),
  })
}
