import { z } from 'zod'
import type { Tokens } from '../../../../contract/index.ts'
import { AppError, notFound } from '../../../kernel/errors.ts'
import type { Logger } from '../../../kernel/logger.ts'
import { createLogLimit } from '../../../kernel/log-limit.ts'
import type { PublicScope, Scope } from '../../../kernel/scope.ts'
import type { Sealer } from '../../../kernel/sealed.ts'
import { type IdentityProvider, ProviderError } from '../../../ports/identity-provider.ts'
import type { SignOn } from './sign-on.ts'

/** The way to a provider and back, for the door through which browsers come. */
export interface SignOnFlow {
  /** @returns where to send the browser, and what it has to bring back in a cookie */
  start(asked: StartOfSignOn): Promise<{ url: string; attempt: string }>
  /**
   * @param answer the address to which the provider sent the browser
   * @param attempt what `start` gave
   * @param caller who is signed in here, for linking
   * @returns where to go on, and tokens if somebody has signed in
   */
  finish(
    scope: PublicScope,
    back: { id: string; answer: URL; attempt: string | undefined; caller: () => Promise<Scope> },
  ): Promise<{ returnTo: string; tokens: Tokens | null }>
  logout(scope: PublicScope, id: string, token: string): Promise<{ ended: number }>
  /** What lets a browser begin to link, for the session of the caller. */
  ticketFor(scope: Scope, id: string, returnTo: string): string
}

export interface StartOfSignOn {
  id: string
  returnTo: string
  ticket: string | undefined
  /** The address of the callback, as the browser reaches it. */
  redirectUri: string
}

const attemptSeconds = 600
const ticketSeconds = 120
const linesPerSecond = 5

const Link = z.object({ userId: z.number(), sessionId: z.string() })
const Attempt = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  link: Link.nullable(),
  until: z.number(),
})
const Ticket = z.object({ provider: z.string(), returnTo: z.string(), link: Link, until: z.number() })

const expired = () =>
  new AppError('unauthenticated', 'This sign-in was not begun in this browser, or took too long: begin again.')

export function createSignOnFlow(deps: {
  providers: readonly IdentityProvider[]
  signOn: SignOn
  /** What the browser keeps is encrypted: nobody else can make it, and it says nothing. */
  attempts: Sealer
  tickets: Sealer
  log: Logger
}): SignOnFlow {
  const { providers, signOn, attempts, tickets, log } = deps
  const limit = createLogLimit(linesPerSecond)

  function providerOf(id: string): IdentityProvider {
    const provider = providers.find(one => one.id === id)
    if (!provider) throw notFound()
    return provider
  }

  /** Calls the provider; its failures become errors for clients, and are logged, because the operator can help. */
  async function asking<T>(provider: IdentityProvider, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      const { reason, cause } = error
      const why = cause instanceof Error ? { message: cause.message, code: (cause as { code?: unknown }).code } : null
      limit(`${provider.id} ${reason}`, leftOut =>
        log.warn(
          { provider: provider.id, reason, why, ...(leftOut > 0 && { left_out: leftOut }) },
          'single sign-on failed',
        ),
      )
      if (reason === 'unavailable')
        throw new AppError('unavailable', `${provider.name} does not answer; try again later.`, { retryAfter: 5 })
      if (reason === 'refused') throw new AppError('unauthenticated', `${provider.name} has refused the sign-in.`)
      throw new AppError('unauthenticated', `What ${provider.name} sent is not valid: begin again.`)
    }
  }

  return {
    async start({ id, returnTo, ticket, redirectUri }) {
      const provider = providerOf(id)
      const linking = ticket === undefined ? null : opened(tickets, Ticket, ticket)
      if (ticket !== undefined && linking?.provider !== id) throw expired()
      const { url, attempt } = await asking(provider, () => provider.begin(redirectUri))
      const kept = { provider: id, ...attempt, returnTo: linking?.returnTo ?? returnTo, link: linking?.link ?? null }
      return { url, attempt: sealed(attempts, kept, attemptSeconds) }
    },

    async finish(scope, { id, answer, attempt: brought, caller }) {
      const provider = providerOf(id)
      const attempt = brought === undefined ? null : opened(attempts, Attempt, brought)
      if (attempt?.provider !== id) throw expired()
      const identity = await asking(provider, () => provider.finish(answer, attempt))
      const { returnTo, link } = attempt
      if (link === null) return { returnTo, tokens: await signOn.signIn(scope, provider, identity) }
      const known = await caller()
      // Somebody else has signed in here meanwhile, or somebody was led here by the owner of the ticket.
      if (known.person.id !== link.userId || known.sessionId !== link.sessionId) throw expired()
      await signOn.link(known, provider, identity)
      return { returnTo, tokens: null }
    },

    async logout(scope, id, token) {
      const provider = providerOf(id)
      const logout = await asking(provider, () => provider.readLogout(token)).catch(notALogout)
      return { ended: await signOn.logout(scope, provider, logout) }
    },

    ticketFor({ person, sessionId }, id, returnTo) {
      providerOf(id)
      return sealed(tickets, { provider: id, returnTo, link: { userId: person.id, sessionId } }, ticketSeconds)
    },
  }
}

/** The specification asks for 400. */
function notALogout(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error
  throw new AppError('validation_error', 'This is not a valid logout token.', {
    fields: { logout_token: ['is not valid'] },
    cause: error,
  })
}

function sealed(sealer: Sealer, value: object, seconds: number): string {
  return sealer.seal(JSON.stringify({ ...value, until: Date.now() + 1_000 * seconds })).toString('base64url')
}

/** Null when it was not sealed here, or is too old. */
function opened<T extends { until: number }>(sealer: Sealer, shape: z.ZodType<T>, text: string): T | null {
  const json = sealer.open(Buffer.from(text, 'base64url'))
  if (json === null) return null
  const value = shape.parse(JSON.parse(json))
  return value.until > Date.now() ? value : null
}
