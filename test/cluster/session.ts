import { setTimeout as sleep } from 'node:timers/promises'
import { password } from '../support/server.ts'
import { ask, type Visitor } from './account.ts'
import type { Instance } from './instance.ts'

/** A signed-in session that lives as long as its owner wants, whichever instance renews it. */
export interface Session {
  readonly visitor: Visitor
  readonly token: string
  /** Resolves with another token in place of `old`; of several calls at once one does the work. */
  renew(old: string): Promise<void>
  readonly refreshes: number
  /** How often only the password helped, because the session had ended. */
  readonly logins: number
}

/** A refused sign-in is a fault of the test: nobody ends accounts here. */
export function createSession(visitor: Visitor, instances: Instance[]): Session {
  let { token, refreshToken } = visitor
  let renewing: Promise<void> | null = null
  let [refreshes, logins, turn] = [0, 0, 0]

  async function renew() {
    for (;;) {
      const { url } = instances[turn++ % instances.length]!
      const answer = await attempt(url).catch(() => null)
      if (answer?.status === 200) {
        token = answer.body.access_token
        refreshToken = answer.body.refresh_token
        return
      }
      if (answer?.status === 401) refreshToken = ''
      await sleep(100)
    }
  }

  async function attempt(url: string) {
    if (refreshToken !== '') {
      const answer = await ask(url, 'POST', '/auth/refresh', { body: { refresh_token: refreshToken }, withinMs: 3_000 })
      if (answer.status === 200) refreshes++
      return answer
    }
    const answer = await ask(url, 'POST', '/auth/login', { body: { email: visitor.email, password }, withinMs: 5_000 })
    if (answer.status === 200) logins++
    return answer
  }

  return {
    visitor,
    get token() {
      return token
    },
    renew: async old => {
      if (old !== token) return
      await (renewing ??= renew().finally(() => (renewing = null)))
    },
    get refreshes() {
      return refreshes
    },
    get logins() {
      return logins
    },
  }
}
