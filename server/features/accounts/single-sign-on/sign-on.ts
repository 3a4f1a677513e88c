import type { Tokens, User } from '../../../../contract/index.ts'
import type { Command, Tx } from '../../../events/index.ts'
import { AppError, conflict } from '../../../kernel/errors.ts'
import type { PublicScope, Scope } from '../../../kernel/scope.ts'
import type { Database } from '../../../ports/database.ts'
import type { ForeignIdentity, ForeignLogout, IdentityProvider } from '../../../ports/identity-provider.ts'
import { secondsFromNow } from '../../../kernel/clock.ts'
import { audit } from '../../audit/index.ts'
import { notifyOfSecurity } from '../../notifications/index.ts'
import { lockUser, noteSeen } from '../accounts.queries.ts'
import { accountDisabled, type Authentication } from '../authentication.ts'
import { nobody, recordEnded, type SessionOpening } from '../session-opening.ts'
import { changeStanding, type HeldAccounts, lockAccounts } from '../standing.ts'
import { explainTaken } from '../taken.ts'
import {
  endSessionsAtIssuer,
  findIdentity,
  insertIdentity,
  insertLogout,
  isLoggedOut,
  lockAtIssuer,
  noteUsed,
} from './identities.queries.ts'
import { newAccountFor } from './new-account.ts'

/** What an issuer has said, applied to the accounts and sessions here. */
export interface SignOn {
  /** @throws AppError `account_disabled`, `conflict`, `forbidden`, `unauthenticated` */
  signIn(scope: PublicScope, provider: IdentityProvider, identity: ForeignIdentity): Promise<Tokens>
  /** Links an identity to the account of the caller. @throws AppError `conflict` when it is somebody else's */
  link(scope: Scope, provider: IdentityProvider, identity: ForeignIdentity): Promise<void>
  /** @returns how many sessions have ended @throws AppError `validation_error` when it has been here before */
  logout(scope: PublicScope, provider: IdentityProvider, logout: ForeignLogout): Promise<number>
}

/** Longer than a logout token is accepted, and longer than a sign-in takes. */
const keepLogoutSeconds = 3_600

interface Deps {
  database: Database
  command: Command
  sessions: SessionOpening
  forget: Authentication['forget']
}

export function createSignOn({ database, command, sessions, forget }: Deps): SignOn {
  return {
    async signIn(scope, provider, identity) {
      const wanted = { ...(identity.email !== null && { email: identity.email }) }
      const tokens = await explainTaken(database, wanted, () =>
        command(nobody, async tx => {
          await lockAtIssuer(tx, identity)
          if (await isLoggedOut(tx, identity))
            throw new AppError('unauthenticated', `You have signed out at ${provider.name} meanwhile: sign in again.`)
          const known = await findIdentity(tx, identity)
          const user = known ? await admit(tx, known.user_id) : await register(tx, scope, provider, identity)
          const id =
            known?.id ?? (await insertIdentity(tx, { userId: user.id, provider: provider.id, identity }, tx.now))
          await noteUsed(tx, id, identity.email, tx.now)
          await noteSeen(tx, user.id, tx.now)
          const current = await takeRole(tx, scope, user, identity.isAdmin)
          return sessions.open(tx, scope, current, { ...identity, provider: provider.id })
        }),
      )
      forget({ user_id: tokens.user.id })
      return tokens
    },

    link: (scope, provider, identity) =>
      command(nobody, async tx => {
        const { id } = scope.person
        await lockAtIssuer(tx, identity)
        await admit(tx, id)
        const known = await findIdentity(tx, identity)
        if (known?.user_id === id) return
        if (known) throw conflict(`This account of ${provider.name} belongs to somebody else here.`)
        const identityId = await insertIdentity(tx, { userId: id, provider: provider.id, identity }, tx.now)
        const linked = { action: 'identity.linked', resource: 'identity', resourceId: identityId }
        await audit(tx, scope, { ...linked, details: { provider: provider.id } })
        await notifyOfSecurity(tx, id, linkedTo(provider), { identity_id: identityId })
      }),

    async logout(scope, provider, logout) {
      const ended = await command(nobody, async tx => {
        await lockAtIssuer(tx, logout)
        if (!(await insertLogout(tx, logout, secondsFromNow(keepLogoutSeconds)))) return null
        const rows = await endSessionsAtIssuer(tx, logout, tx.now)
        for (const { id, user_id } of rows) {
          recordEnded(tx, user_id, [id])
          const details = { provider: provider.id, user_id }
          const act = { action: 'session.ended_at_issuer', resource: 'session', resourceId: id, details }
          await audit(tx, { ...scope, person: null }, act)
        }
        return rows
      })
      if (!ended) throw new AppError('validation_error', 'This logout token has been used.', usedToken)
      for (const { id } of ended) forget({ session_id: id })
      return ended.length
    },
  }
}

const linkedTo = ({ name }: IdentityProvider) => `An account of ${name} was linked to yours; it can sign in here.`

const usedToken = { fields: { logout_token: ['has been used'] } }

async function admit(tx: Tx, userId: number): Promise<User> {
  const user = await lockUser(tx, userId)
  if (!user?.is_active) throw accountDisabled()
  return user
}

async function register(tx: Tx, scope: PublicScope, provider: IdentityProvider, identity: ForeignIdentity) {
  const { user, isNew } = await newAccountFor(tx, identity, provider)
  if (!isNew) {
    const linked = { action: 'identity.linked', resource: 'user', resourceId: user.id }
    await audit(tx, { ...scope, person: user }, { ...linked, details: { provider: provider.id } })
    await notifyOfSecurity(tx, user.id, linkedTo(provider))
    return admit(tx, user.id)
  }
  const registered = { action: 'user.registered', resource: 'user', resourceId: user.id }
  await audit(tx, { ...scope, person: user }, { ...registered, details: { provider: provider.id } })
  return user
}

/** The role follows the claim of the issuer at each sign-in. The last administrator stays one, whatever it says. */
async function takeRole(tx: Tx, scope: PublicScope, user: User, isAdmin: boolean | null): Promise<User> {
  const role = isAdmin ? 'admin' : 'user'
  if (isAdmin === null || user.role === role) return user
  const held: HeldAccounts = await lockAccounts(tx, [user.id])
  const by = { ...scope, person: user }
  try {
    const changed = await changeStanding(tx, by, held, user.id, () => ({ role }))
    if (changed.audited)
      await audit(tx, by, { ...changed.audited, details: { ...changed.audited.details, by: 'issuer' } })
    return changed.user
  } catch (error) {
    // Refused before anything was written.
    if (error instanceof AppError && error.code === 'conflict') return user
    throw error
  }
}
