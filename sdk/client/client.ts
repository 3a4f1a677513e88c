import { operations, type Operation, type Tokens } from '../../contract/index.ts'
import type { CallOptions, Calls } from '../http/call.ts'
import { createClock } from './clock.ts'
import { createFetchExchange } from '../http/exchange.ts'
import { createSendForm } from '../http/form.ts'
import { createImportTasks, type ImportTasks } from '../http/import.ts'
import { createRealtime, type Realtime, type RealtimeOptions } from '../realtime/realtime.ts'
import { createSession, type Credentials } from './session.ts'
import { createTransport } from '../http/transport.ts'
import { createUpload, type Upload } from '../http/upload.ts'

export interface ClientOptions {
  /**
   * The URL at which people reach the server, `https://board.example` or `https://example.com/board`. A page that the
   * server itself serves needs none, or only the path below which it lies.
   */
  url?: string
  /** With none of these, in a browser, the cookies that signing in sets are used. */
  token?: string
  credentials?: Credentials
  /** For programs: an API key that somebody made at `/api-keys`, in place of tokens. */
  apiKey?: string
  /** The number of attempts in total, for calls that may be repeated; other calls are never sent twice. */
  attempts?: number
  fetch?: typeof globalThis.fetch
}

export interface TaskwireClient extends Calls<typeof operations> {
  readonly media: Calls<typeof operations>['media'] & { readonly upload: Upload }
  readonly tasks: Calls<typeof operations>['tasks'] & { readonly import: ImportTasks }
  /** The event log: reading it, and publishing to it. The same as `eventLog`. */
  readonly events: Calls<typeof operations>['eventLog']
  /** A realtime connection with this client's credentials; call `start` on it. */
  realtime(options?: RealtimeOptions): Realtime
  /**
   * The server's time in milliseconds, derived from its answers; the clock of a computer may be hours off. Compare
   * times of the server with this.
   */
  now(): number
  /** Whether asking for the own account can succeed; in a browser this is known without a request. */
  remembersSignIn(): boolean
  /**
   * The client is signed out for good: the refresh token was refused, the session has ended, or the account is
   * disabled.
   */
  onSignedOut(listener: (reason: string) => void): () => void
  /** New tokens, for programs that store them; never called where cookies are used. */
  onTokens(listener: (tokens: Credentials) => void): () => void
}

const signsIn: readonly Operation[] = [
  operations.accounts.login,
  operations.accounts.register,
  operations.twoFactor.signIn,
]

export function createClient(options: ClientOptions = {}): TaskwireClient {
  const tokens = options.credentials ?? (options.token === undefined ? undefined : { access_token: options.token })
  if (tokens && options.apiKey !== undefined) throw new TypeError('Give either tokens or an API key.')
  const given = tokens ?? (options.apiKey === undefined ? undefined : { apiKey: options.apiKey })
  const url = (options.url ?? '').replace(/\/+$/, '')
  const session = createSession(given, renewal)
  const clock = createClock()
  const fetch: typeof globalThis.fetch = options.fetch ?? ((...args) => globalThis.fetch(...args))
  const transport = createTransport({
    url,
    session,
    clock,
    exchange: createFetchExchange(fetch),
    attempts: options.attempts ?? 4,
  })
  const { send } = transport
  const sendForm = createSendForm(transport, fetch)

  async function renewal() {
    const refresh_token = session.refreshToken()
    return (await send(operations.accounts.refresh, refresh_token === undefined ? {} : { refresh_token })) as Tokens
  }

  async function call(operation: Operation, input?: object, callOptions?: CallOptions) {
    const answer = await send(operation, input, callOptions)
    if (signsIn.includes(operation)) session.adopt(answer as Tokens)
    if (operation === operations.accounts.logout) session.end('signed_out')
    if (operation === operations.gdpr.erase) session.end('account_erased')
    return answer
  }

  const methods = (resource: Record<string, Operation>) =>
    Object.fromEntries(
      Object.entries(resource).map(([name, operation]) => [
        name,
        (input?: object, callOptions?: CallOptions) => call(operation, input, callOptions),
      ]),
    )
  const resources = Object.entries(operations).map(([name, resource]) => [name, methods(resource)])
  const calls = Object.fromEntries(resources) as Calls<typeof operations>

  return {
    ...calls,
    media: { ...calls.media, upload: createUpload(sendForm) },
    events: calls.eventLog,
    tasks: { ...calls.tasks, import: createImportTasks(sendForm) },
    realtime: realtimeOptions =>
      createRealtime({ url, session, clock, readEvents: calls.eventLog.read, ...realtimeOptions }),
    now: clock.now,
    remembersSignIn: session.mayRenew,
    onSignedOut: session.onEnded,
    onTokens: session.onTokens,
  }
}
