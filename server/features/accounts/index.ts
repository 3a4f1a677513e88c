import type { accounts, adminUsers, identities, people, twoFactor } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import { isRefusal, type NoteRefusal } from '../../kernel/refusal.ts'
import type { SessionScope } from '../../kernel/scope.ts'
import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import type { Mail } from '../../ports/mail.ts'
import { createFrequentActs, type FrequentActs } from '../audit/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { SignInLimits } from '../limits/index.ts'
import { createAccessTokens } from './access-tokens.ts'
import type { IdentityProvider } from '../../ports/identity-provider.ts'
import { basePathOf } from '../../kernel/base-path.ts'
import { createSealer } from '../../kernel/sealed.ts'
import { secretsOf } from '../../kernel/secrets-of.ts'
import { createAdminUsers } from './admin-users.service.ts'
import { type Authentication, createAuthentication } from './authentication.ts'
import { createCleanUp } from './clean-up.ts'
import { type Closing, createClosing } from './closing.ts'
import { createEnsureAdmin, type EnsureAdmin } from './first-admin.ts'
import { createForgotten } from './forgotten.service.ts'
import { createHashTurns } from './hash-turns.ts'
import { createPasswordChange } from './password.service.ts'
import { createPasswordCheck } from './password-check.ts'
import { createPasswords, type PasswordCost } from './passwords.ts'
import { createPeople } from './people.service.ts'
import { createProfile } from './profile.service.ts'
import { createReauthentication } from './reauthentication.service.ts'
import { createRefresh } from './refresh.service.ts'
import { createTokenDeriver } from './secret-tokens.ts'
import { createChallenges, createTwoFactor, resealFactors } from './second-factor/index.ts'
import { createIdentities, createSignOn, createSignOnFlow, type SignOnFlow } from './single-sign-on/index.ts'
import { createSessionOpening } from './session-opening.ts'
import { createSessions } from './sessions.service.ts'
import { createSignIn } from './sign-in.service.ts'
import { createTrialAccounts, type TrialAccounts } from './trial-accounts.ts'

export { type Closing, eraseAccount, erasedLogin, erasedName, usernameOf, countErased } from './closing.ts'
export { accountExport } from './accounts.export.ts'
export { presentUser } from './accounts.present.ts'
export { awaitHolders, userColumns } from './accounts.queries.ts'
export { accountsPersonal } from './accounts.personal.ts'
export { findPeopleByLogin, findPeopleByUsername } from './directory.queries.ts'
export { readPeopleInNumbers } from './people-in-numbers.queries.ts'
export { carrySession, endOtherSessions, isSameAdmin } from './restored.ts'
export { provisioning, type Provisioning } from './provisioning.ts'
export { explainTaken } from './taken.ts'
export { keepPresentIdentities, type SignOnFlow } from './single-sign-on/index.ts'
export { keepPresentFactors, matchFactors } from './second-factor/index.ts'
export type { PasswordCost } from './passwords.ts'
export type { TrialAccount } from './trial-accounts.ts'
export type { Authentication, SessionStanding } from './authentication.ts'

const briefSeconds = 60

export interface AccountsConfig {
  jwtSecret: string
  /** A second secret whose tokens are accepted too. */
  jwtSecretPrevious?: string | undefined
  /** All four in seconds. */
  accessTokenTtl: number
  refreshTokenTtl: number
  sessionIdleTimeout: number
  sessionMaxAge: number
  registration: 'open' | 'closed'
  /** Where people reach the page, for links in e-mails. */
  publicUrl?: string | undefined
}

export interface Accounts extends Authentication {
  accounts: Handlers<typeof accounts>
  people: Handlers<typeof people>
  adminUsers: Handlers<typeof adminUsers>
  twoFactor: Handlers<typeof twoFactor>
  identities: Handlers<typeof identities>
  signOn: SignOnFlow
  closing: Closing
  ensureAdmin: EnsureAdmin
  /** Accounts for checks of signing in. */
  trialAccounts: TrialAccounts
  /** A token for the session of a caller that is good for a minute, so that the server can call itself for them. */
  signFor(scope: SessionScope): string
  /** Notes for the audit log that somebody was refused what they tried. */
  noteRefusal: NoteRefusal
  /** Stores entries of the audit log that nobody waits for; see `FrequentActs`. */
  writeActs: FrequentActs['write']
  /** Deletes rows that no longer decide anything; for the housekeeping, on any number of instances. */
  cleanUp(): Promise<void>
}

/**
 * Accounts, passwords, sessions and tokens. Call `forget` for each `session_ended` and `account_changed` of the log,
 * because other instances change accounts and sessions too.
 */
export function createAccounts(deps: {
  database: Database
  command: Command
  config: AccountsConfig
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  mail: Mail
  /** Without them nobody is limited. */
  signInLimits?: SignInLimits | null
  /** Where people may sign in instead; none without them. */
  providers?: readonly IdentityProvider[]
  log: Logger
  /** Drops what is cached about an account elsewhere. */
  alsoForget?: (event: { user_id?: number }) => void
  countLookUp?: CountLookUp
  /** Only for tests. */
  passwordCost?: PasswordCost | undefined
}): Accounts {
  const { database, command, config, log } = deps
  const { sessionIdleTimeout } = config
  const limits = deps.signInLimits ?? null
  const accessTokens = createAccessTokens(secretsOf(config), config.accessTokenTtl)
  const passwords = createPasswords(deps.passwordCost)
  const hashTurns = createHashTurns()
  const acts = createFrequentActs({ database })
  const sessions = createSessionOpening({ accessTokens, config, acts })
  const authentication = createAuthentication({ ...deps, accessTokens, sessionIdleTimeout })
  const { forget } = authentication
  const [present, ...former] = secretsOf(config)
  const successorBy = (secret: string) => createTokenDeriver(secret, 'refresh token')
  const successorsOf = [successorBy(present), ...former.map(successorBy)] as const
  const resetTokenOf = createTokenDeriver(config.jwtSecret, 'reset token')
  const brief = createAccessTokens(config.jwtSecret, briefSeconds)
  const { jwtSecret } = config
  const checkPassword = createPasswordCheck({ database, passwords, hashTurns, acts, limits })
  const trialAccounts = createTrialAccounts({ database, command, passwords, hashTurns, forget, jwtSecret })
  const sealer = createSealer(secretsOf(config), 'second factors')
  const challenges = createChallenges({ database, command, sealer, sessions, hashTurns, acts })
  const signingIn = { database, command, passwords, hashTurns, sessions, acts }
  const { providers = [] } = deps
  const signOn = createSignOnFlow({
    providers,
    signOn: createSignOn({ database, command, sessions, forget }),
    attempts: createSealer(secretsOf(config), 'sign-on attempts'),
    tickets: createSealer(secretsOf(config), 'sign-on tickets'),
    log,
  })
  const { ticketFor } = signOn
  const basePath = basePathOf(config.publicUrl)
  const tidy = createCleanUp({ database, refreshTokenTtl: config.refreshTokenTtl })

  return {
    ...authentication,
    accounts: {
      ...createSignIn({
        ...signingIn,
        challenges,
        limits,
        registration: config.registration,
      }),
      ...createProfile({ database, command, forget }),
      ...createPasswordChange({ database, command, passwords, hashTurns, forget, acts, limits }),
      ...createForgotten({ ...deps, registration: config.registration, publicUrl: config.publicUrl }),
      ...createReauthentication({ database, checkPassword, forget }),
      ...createSessions({ database, command, forget, sessionIdleTimeout }),
      refresh: createRefresh({ command, sessions, forget, successorsOf, sessionIdleTimeout }),
    },
    people: createPeople({ database }),
    adminUsers: createAdminUsers({ ...deps, forget, resetTokenOf, publicUrl: config.publicUrl }),
    twoFactor: {
      ...createTwoFactor({ database, command, sealer, checkPassword, forget }),
      signIn: challenges.signIn,
    },
    identities: createIdentities({ database, command, providers, forget, ticketFor, basePath }),
    signOn,
    closing: createClosing({ checkPassword }),
    ensureAdmin: createEnsureAdmin({ database, command, passwords }),
    trialAccounts,
    noteRefusal: (scope, { method, path }, error) => {
      if (!isRefusal(scope, error)) return
      const details = { method: method.toUpperCase(), path }
      acts.note(scope, { action: 'access.refused', resource: 'operation', resourceId: null, details })
    },
    writeActs: acts.write,
    signFor: ({ person, sessionId }) => brief.sign(person.id, sessionId).token,
    cleanUp: async () => {
      await tidy()
      if (config.jwtSecretPrevious !== undefined) await resealFactors(database, sealer)
      await trialAccounts.cleanUp()
    },
  }
}
