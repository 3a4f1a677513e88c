import type { AuthenticationValidation, Tokens } from '../../../contract/index.ts'
import { errorClass } from '../../kernel/error-class.ts'
import type { TrialAccount } from '../accounts/index.ts'
import type { CallOwn, OwnAnswer, OwnCall } from './own-calls.ts'

type Step = AuthenticationValidation['steps'][number]

/** What a step found to be off. Its text is shown, so it holds no tokens. */
class Off extends Error {}

const base = '/api/v1'

/** Walks the ways of signing in with an account of its own, over HTTP, and says at which step something is off. */
export async function validateAuthentication(callOwn: CallOwn, account: TrialAccount): Promise<Step[]> {
  const steps: Step[] = []
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    const began = performance.now()
    const add = (problem: string | null) =>
      steps.push({ step: name, ok: problem === null, duration_ms: Math.round(performance.now() - began), problem })
    try {
      const result = await work()
      add(null)
      return result
    } catch (error) {
      add(error instanceof Off ? error.message : `no answer (${errorClass(error)})`)
      return undefined
    }
  }
  const ask = (path: string, call?: OwnCall) => callOwn(`${base}${path}`, call)
  const post = (path: string, body: object) => ask(path, { method: 'POST', body })
  const refused = async (name: string, answer: () => Promise<OwnAnswer>, status: number, code: string) =>
    void (await step(name, async () => assertRefused(await answer(), status, code)))
  const me = (token?: string) => () => ask('/auth/me', { token })

  const { email, password } = account
  const first = await step('sign in', async () => tokensIn(await post('/auth/login', { email, password })))
  if (!first) return steps
  const sessionId = sessionIn(first)

  await step('read the own account', async () => {
    const { status, body } = await me(first.access_token)()
    if (status !== 200 || (body as { id?: number }).id !== account.id) throw new Off(`answered ${status}`)
  })
  const second = await step('refresh', async () => {
    const next = tokensIn(await post('/auth/refresh', { refresh_token: first.refresh_token }))
    if (next.refresh_token === first.refresh_token) throw new Off('the refresh token was not replaced')
    return next
  })
  if (second)
    await step('refresh in a second tab', async () => {
      const again = tokensIn(await post('/auth/refresh', { refresh_token: first.refresh_token }))
      if (again.refresh_token !== second.refresh_token) throw new Off('the second tab got another successor')
    })
  await refused('refuse an expired token', me(account.expiredToken(sessionId)), 401, 'token_expired')
  await refused('refuse a forged token', me(account.forgedToken(sessionId)), 401, 'unauthenticated')
  await refused('refuse a stranger', me(), 401, 'unauthenticated')
  await refused(
    'refuse a wrong password',
    () => post('/auth/login', { email, password: `not ${password}` }),
    401,
    'invalid_credentials',
  )
  await refused(
    'refuse what is for administrators',
    () => ask('/system/metrics', { token: first.access_token }),
    403,
    'forbidden',
  )
  await step('sign out', async () => {
    const { status } = await ask('/auth/logout', { method: 'POST', token: first.access_token, body: {} })
    if (status !== 204) throw new Off(`answered ${status}`)
  })
  await refused('refuse the ended session', me(first.access_token), 401, 'session_ended')
  if (second)
    await refused(
      'refuse to refresh the ended session',
      () => post('/auth/refresh', { refresh_token: second.refresh_token }),
      401,
      'session_ended',
    )
  return steps
}

function tokensIn({ status, body }: OwnAnswer): Tokens {
  const tokens = body as Partial<Tokens> | null
  if (status !== 200) throw new Off(`answered ${status}`)
  if (!tokens?.access_token || !tokens.refresh_token) throw new Off('the answer has no tokens')
  return tokens as Tokens
}

function assertRefused({ status, body }: OwnAnswer, expected: number, code: string): void {
  const got = (body as { error?: { code?: string } } | null)?.error?.code
  if (status !== expected || got !== code) throw new Off(`answered ${status} ${got ?? ''}, not ${expected} ${code}`)
}

/** The session that a token names; the token was just issued, so it is read without a check. */
function sessionIn({ access_token }: Tokens): string {
  const payload = access_token.split('.')[1] ?? ''
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid
}
