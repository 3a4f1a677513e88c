import type { User } from '../../../../contract/index.ts'
import { limits } from '../../../../contract/index.ts'
import type { Tx } from '../../../events/index.ts'
import { conflict, forbidden } from '../../../kernel/errors.ts'
import type { ForeignIdentity, IdentityProvider } from '../../../ports/identity-provider.ts'
import { findUserByEmail, insertUser } from '../accounts.queries.ts'
import { noPassword } from '../password-check.ts'
import { countIdentities } from './identities.queries.ts'
import { freeUsername, usernameFrom } from '../usernames.ts'

/**
 * An account for somebody who comes for the first time, in the transaction of the sign-in. An existing account is never
 * taken over by its e-mail address: whoever has the address at the issuer need not be its owner. Only an account that
 * was provisioned for somebody, and into which there is no other way, is theirs whose address it has.
 *
 * @throws AppError `conflict` when there is an account with the address, `forbidden` when there are no new ones
 */
export async function newAccountFor(
  tx: Tx,
  identity: ForeignIdentity,
  provider: IdentityProvider,
): Promise<{ user: User; isNew: boolean }> {
  const { email, isEmailVerified } = identity
  const known = email !== null && isEmailVerified ? await findUserByEmail(tx, email) : undefined
  if (known && !known.has_password && (await countIdentities(tx, known.id)) === 0) return { user: known, isNew: false }
  if (known)
    throw conflict(
      `There is an account with this e-mail address. Sign in with its password, and link ${provider.name} in the settings.`,
    )
  if (!provider.allowSignup) throw forbidden(`Nobody here has this account of ${provider.name}.`)
  if (email === null) throw forbidden(`${provider.name} does not give an e-mail address.`)
  const username = await freeUsername(tx, usernameFrom(identity.username ?? email))
  const name = (identity.name?.trim() || username).slice(0, limits.personName)
  const account = {
    email,
    username,
    name,
    passwordHash: noPassword,
    role: 'user' as const,
    isVerified: isEmailVerified,
  }
  return { user: await insertUser(tx, account, tx.now), isNew: true }
}
