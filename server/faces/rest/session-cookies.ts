import type { Context } from 'koa'
import type { Tokens } from '../../../contract/index.ts'
import { readCookies } from '../../kernel/cookies.ts'
import { clearSessionCookies, type CookieRules, setSessionCookies } from './cookies.ts'
import { checkIntent, type CredentialRules } from './credentials.ts'
import type { Extras } from './routes.ts'

/** What begins, renews or ends a session also updates the cookies of a browser. */
export function sessionCookies(credentials: CredentialRules, rules: CookieRules): Record<string, Extras> {
  const set = async (ctx: Context, answer: unknown) => {
    const tokens = answer as Tokens
    const { sessionId } = await credentials.authenticate(tokens.access_token)
    setSessionCookies(ctx, tokens, sessionId, rules)
  }
  const clear = (ctx: Context) => clearSessionCookies(ctx, rules)
  return {
    'accounts.register': { after: set, hashes: true },
    'accounts.login': { after: set, hashes: true },
    'twoFactor.signIn': { after: set },
    'accounts.refresh': {
      before: async (ctx, body) => {
        const given = (body ?? {}) as { refresh_token?: unknown }
        const cookie = readCookies(ctx.headers.cookie).refresh_token
        if (typeof given !== 'object' || given.refresh_token !== undefined || !cookie) return body
        await checkIntent(ctx, credentials, () => credentials.sessionOfRefreshToken(cookie))
        return { ...given, refresh_token: cookie }
      },
      after: set,
    },
    'accounts.logout': { after: clear },
    'accounts.endSession': {
      after: ctx => {
        if ((ctx as unknown as { params: { id: string } }).params.id === ctx.state.scope.sessionId) clear(ctx)
      },
    },
    'gdpr.erase': { after: clear },
  }
}
