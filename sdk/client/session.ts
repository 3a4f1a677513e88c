import type { Access, Tokens } from '../../contract/index.ts'
import { isBrowser } from './browser.ts'
import { createEmitter } from './emitter.ts'
import { isTaskwireError, TaskwireError } from './taskwire-error.ts'

export interface Credentials {
  access_token: string
  /** Without a refresh token the client cannot renew its session. */
  refresh_token?: string
}

/**
 * The client's credentials. In a browser they are in cookies that no script can read; elsewhere the tokens are kept
 * here.
 */
export interface Session {
  headersFor(method: string, access: Access): Record<string, string>
  /** What a socket sends in its handshake; with nothing the cookie is used. */
  handshake(): { token?: string; api_key?: string }
  /** The access token, which a live socket presents again; undefined with a cookie, and with an API key. */
  token(): string | undefined
  /** Whether the client calls with an API key, which is never renewed. */
  readonly hasKey: boolean
  refreshToken(): string | undefined
  mayRenew(): boolean
  adopt(tokens: Tokens | Credentials): void
  /** Simultaneous calls share one renewal. Throws what the renewal threw; a refusal also ends the session. */
  renew(): Promise<void>
  end(reason: string): void
  onEnded(listener: (reason: string) => void): () => void
  onTokens(listener: (tokens: Credentials) => void): () => void
}

const safe = new Set(['GET', 'HEAD'])
const cookies = () => (globalThis as { document?: { cookie: string } }).document?.cookie ?? ''

function csrfToken(): string | undefined {
  const found = /(?:^|;\s*)csrf_token=([^;]*)/.exec(cookies())?.[1]
  return found === undefined ? undefined : decodeURIComponent(found)
}

export function createSession(
  given: Credentials | { apiKey: string } | undefined,
  renewal: () => Promise<Tokens>,
): Session {
  const byCookie = given === undefined && isBrowser
  const apiKey = given && 'apiKey' in given ? given.apiKey : undefined
  const { on, emit } = createEmitter<{ ended: [string]; tokens: [Credentials] }>()
  let held = given && 'access_token' in given ? given : undefined
  let renewing: Promise<void> | undefined

  async function renewOnce() {
    try {
      if (apiKey !== undefined)
        throw new TaskwireError({ code: 'unauthenticated', message: 'The API key works no more.', status: 401 })
      session.adopt(await renewal())
    } catch (error) {
      if (isTaskwireError(error) && [400, 401, 403].includes(error.status)) session.end(error.code)
      throw error
    }
  }

  const session: Session = {
    headersFor(method, access) {
      // A public operation must not fail because of an expired token.
      if (held && access === 'public') return {}
      if (held) return { Authorization: `Bearer ${held.access_token}` }
      if (apiKey !== undefined) return access === 'public' ? {} : { 'X-API-Key': apiKey }
      const csrf = byCookie && !safe.has(method) ? csrfToken() : undefined
      const headers: Record<string, string> = {}
      if (csrf !== undefined) headers['X-CSRF-Token'] = csrf
      return headers
    },
    handshake: () => (held ? { token: held.access_token } : apiKey === undefined ? {} : { api_key: apiKey }),
    token: () => held?.access_token,
    hasKey: apiKey !== undefined,
    refreshToken: () => held?.refresh_token,
    // The readable cookie lives as long as the session; without it nobody is signed in here.
    mayRenew: () => (byCookie ? csrfToken() !== undefined : held?.refresh_token !== undefined),
    adopt({ access_token, refresh_token }) {
      if (byCookie) return
      held = { access_token, ...(refresh_token !== undefined && { refresh_token }) }
      emit('tokens', held)
    },
    renew: () =>
      (renewing ??= renewOnce().finally(() => {
        renewing = undefined
      })),
    end(reason) {
      held = undefined
      emit('ended', reason)
    },
    onEnded: listener => on('ended', listener),
    onTokens: listener => on('tokens', listener),
  }
  return session
}
