import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type Operation, signOnTransfers, type Tokens } from '../../../contract/index.ts'
import type { SignOnFlow } from '../../features/accounts/index.ts'
import { bind } from '../../kernel/bind.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { hostAttemptCookie, readCookies, setCookie } from '../../kernel/cookies.ts'
import { AppError } from '../../kernel/errors.ts'
import { createTurns, type Turns } from '../../kernel/turns.ts'
import { signedIn } from '../../kernel/can.ts'
import { receiveForm } from './body.ts'
import { type CookieRules, isHostOnly, setSessionCookies } from './cookies.ts'
import { type CredentialRules, identify, showsCredentials } from './credentials.ts'
import { spendUnasked } from './rate-limits.ts'
import type { RequestState } from './request.ts'
import { scopeOf } from './scope.ts'

export interface SignOnDeps {
  flow: SignOnFlow
  credentials: CredentialRules
  cookies: CookieRules
  publicUrl: string | undefined
}

const attemptSeconds = 600
/** Work that may wait for an issuer. People of one office share an address. */
const browsersAtOnce = { running: 16, perKey: 4, waiting: 500, waitingPerKey: 100 }
/** An issuer has one address, may end many sessions at once, and does not send a logout again. */
const logoutsAtOnce = { running: 8, perKey: 8, waiting: 5_000, waitingPerKey: 5_000 }
const mostBytes = 32 * 1024

/** Where browsers go to sign in at a provider and come back from it, and where a provider says that somebody has left. */
export function addSignOnRoutes(router: Router, deps: SignOnDeps): void {
  const { flow, credentials, cookies } = deps
  const browsers = createTurns(browsersAtOnce)
  const logouts = createTurns(logoutsAtOnce)
  const at = (path: string) => ['/api/v1', '/api'].map(prefix => `${prefix}${path}`)
  const { start, callback, backchannelLogout } = signOnTransfers

  /** The address of the callback; a provider compares it with what is registered there. */
  const callbackOf = (ctx: Context, id: string) =>
    `${deps.publicUrl ?? `${ctx.protocol}://${ctx.state.host}`}/api/v1${callback.path.replace(':id', id)}`

  /** A sibling domain must not plant an attempt of its own: it would sign somebody in as somebody else. */
  const attemptCookie = ({ state }: Context) =>
    isHostOnly(state.basePath, cookies)
      ? ({ name: hostAttemptCookie, path: '/' } as const)
      : ({ name: 'oidc_attempt', path: `${state.basePath}/api/v1/auth/oidc` } as const)

  /** Strict would keep the cookie from a browser that comes back from the provider. */
  const keepAttempt = (ctx: Context, value: string, seconds: number) => {
    const { name, path } = attemptCookie(ctx)
    const scope = { path, secure: cookies.secure, httpOnly: true, sameSite: 'lax' as const }
    ctx.append('Set-Cookie', setCookie(name, value, seconds, scope))
  }

  router.get(
    at(start.path),
    leading(browsers, start, async (ctx, { id, return_to, link }) => {
      const redirectUri = callbackOf(ctx, id)
      const { url, attempt } = await flow.start({ id, returnTo: return_to, ticket: link, redirectUri })
      keepAttempt(ctx, attempt, attemptSeconds)
      return url
    }),
  )

  router.get(
    at(callback.path),
    leading(browsers, callback, async (ctx, { id }) => {
      const attempt = readCookies(ctx.headers.cookie)[attemptCookie(ctx).name]
      keepAttempt(ctx, '', 0)
      const answer = new URL(`${callbackOf(ctx, id)}?${ctx.querystring}`)
      const caller = async () => signedIn(scopeOf(ctx, await identify(ctx, credentials), undefined))
      const back = await flow.finish(scopeOf(ctx, null, undefined), { id, answer, attempt, caller })
      if (back.tokens) await setCookies(ctx, back.tokens)
      return `${ctx.state.basePath}${back.returnTo}`
    }),
  )

  async function setCookies(ctx: Context, tokens: Tokens) {
    const { sessionId } = await credentials.authenticate(tokens.access_token)
    setSessionCookies(ctx, tokens, sessionId, cookies)
  }

  const logOut: Middleware<RequestState> = async ctx => {
    ctx.state.route = backchannelLogout.path
    const body = await receiveForm(ctx, mostBytes)
    const call = bind(backchannelLogout, (scope: never, { id, logout_token }: { id: string; logout_token: string }) =>
      logouts.run(addressKey(ctx.ip), () => flow.logout(scope, id, logout_token)),
    )
    ctx.set('Cache-Control', 'no-store')
    ctx.body = await call(scopeOf(ctx, null, undefined), { params: (ctx as never as { params: object }).params, body })
  }
  router.post(at(backchannelLogout.path), logOut as never)
}

interface Given {
  id: string
  return_to: string
  link?: string | undefined
}

/**
 * Leads a browser to the address that `work` gives. A person gets an error on the page, where they can go on with their
 * password; a program gets it as usual.
 */
function leading(turns: Turns, operation: Operation, work: (ctx: Context, given: Given) => Promise<string>): never {
  const serve: Middleware<RequestState> = async ctx => {
    ctx.state.route = operation.path
    ctx.state.hasSecrets = true
    await spendUnasked(ctx)
    const { params } = ctx as never as { params: { id: string } }
    const call = bind(operation, (_: never, given: Given) => turns.run(addressKey(ctx.ip), () => work(ctx, given)))
    try {
      ctx.redirect(String(await call(scopeOf(ctx, null, undefined), { params, query: ctx.query })))
    } catch (error) {
      if (!(error instanceof AppError) || ctx.accepts('json', 'html') !== 'html') throw error
      const said = new URLSearchParams({ sign_in_error: error.code, provider: params.id })
      // Somebody who is signed in wanted to link an account.
      const view = showsCredentials(ctx) ? '/settings' : '/'
      ctx.redirect(`${ctx.state.basePath}/#${view}?${said}`)
    }
    ctx.body = null
    ctx.status = 302
  }
  return serve as never
}
