import { randomBytes } from 'node:crypto'
import sql from 'sql-template-tag'
import type { Command } from '../../events/index.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Connection, Database } from '../../ports/database.ts'
import { createAccessTokens } from './access-tokens.ts'
import { insertUser } from './accounts.queries.ts'
import type { HashTurns } from './hash-turns.ts'
import type { Passwords } from './passwords.ts'
import { nobody } from './session-opening.ts'
import type { SessionStates } from './session-states.ts'

/** An account that exists for one check. */
export interface TrialAccount {
  id: number
  email: string
  password: string
  /** An access token of a session of the account that expired a minute ago. */
  expiredToken(sessionId: string): string
  /** The same, not expired, with a signature that is not ours. */
  forgedToken(sessionId: string): string
}

export interface TrialAccounts {
  /** Runs `work` with an account made for it, and removes the account, whatever comes of the work. */
  use<T>(scope: Scope, work: (account: TrialAccount) => Promise<T>): Promise<T>
  /** Removes accounts whose process ended before it could. */
  cleanUp(): Promise<void>
}

/** Longer than any check takes, also on another instance. */
const longestSeconds = 120
const pastSeconds = -60

export function createTrialAccounts(deps: {
  database: Database
  command: Command
  passwords: Passwords
  hashTurns: HashTurns
  forget: SessionStates['forget']
  jwtSecret: string
}): TrialAccounts {
  const { database, command, passwords, hashTurns, forget } = deps
  const expired = createAccessTokens(deps.jwtSecret, pastSeconds)
  const forged = createAccessTokens(randomBytes(32).toString('hex'), longestSeconds)

  async function make(scope: Scope): Promise<TrialAccount> {
    const name = `check-${randomBytes(8).toString('hex')}`
    const [email, password] = [`${name}@taskwire.invalid`, randomBytes(24).toString('base64url')]
    const passwordHash = await hashTurns.ofAccount(scope.person.id, () => passwords.hash(password))
    const { id } = await command(nobody, async tx => {
      const user = { email, username: name, name: 'Check', passwordHash, role: 'user' as const, isVerified: false }
      const made = await insertUser(tx, user, tx.now)
      await tx.query(sql`insert into trial_accounts (user_id, created_at) values (${made.id}, ${tx.now})`)
      return made
    })
    return {
      id,
      email,
      password,
      expiredToken: sessionId => expired.sign(id, sessionId).token,
      forgedToken: sessionId => forged.sign(id, sessionId).token,
    }
  }

  return {
    async use(scope, work) {
      const account = await make(scope)
      try {
        return await work(account)
      } finally {
        await removeAccount(database, account.id)
        forget({ user_id: account.id })
      }
    },
    cleanUp: () => removeLeftOver(database, secondsFromNow(-longestSeconds)),
  }
}

/** Its sessions and tokens go with it. An account that is no trial account stays. */
const removeAccount = async (db: Connection, id: number) =>
  void (await db.query(sql`delete from users where id = ${id} and id in (select user_id from trial_accounts)`))

const removeLeftOver = async (db: Connection, before: string) =>
  void (await db.query(sql`
    delete from users where id in (select user_id from trial_accounts where created_at < ${before}::timestamptz)`))
