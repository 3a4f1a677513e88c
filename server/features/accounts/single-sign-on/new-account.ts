import type { User } from '../../../../contract/index.ts'
import { limits } from '../../../../contract/index.ts'
import type { Tx } from '../../../events/index.ts'
import { conflict, forbidden } from '../../../kernel/errors.ts'
import type { ForeignIdentity, IdentityProvider } from '../../../ports/identity-provider.ts'
import { findTaken, findUserByEmail, insertUser } from '../accounts.queries.ts'

const mostSuffix = 1_000

/** What is stored in place of a hash for an account without a password. */
export const noPassword = ''

/**
 * An account for somebody who comes for the first time, in the transaction of the sign-in. An existing account is never
 * taken over by its e-mail address: whoever has the address at the issuer need not be its owner.
 *
 * @throws AppError `conflict` when there is an account with the address, `forbidden` when there are no new ones
 */
export async function newAccountFor(tx: Tx, identity: ForeignIdentity, provider: IdentityProvider): Promise<User> {
  const { email, isEmailVerified } = identity
  if (email !== null && isEmailVerified && (await findUserByEmail(tx, email)))
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
  return insertUser(tx, account, tx.now)
}

/** A username that the rules allow, made of what the issuer calls the person. */
function usernameFrom(given: string): string {
  const local = (given.split('@')[0] ?? '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  const lettered = /[A-Za-z]/.test(local) ? local : `user${local}`
  const long = lettered.length >= 3 ? lettered : `${lettered}-user`
  return long.slice(0, limits.username - 5).replace(/[^A-Za-z0-9]+$/, '')
}

/** Two people who come at once may get the same one; then the constraint refuses the second. */
async function freeUsername(tx: Tx, wanted: string): Promise<string> {
  for (let nth = 1; nth <= mostSuffix; nth++) {
    const username = nth === 1 ? wanted : `${wanted}-${nth}`
    if (!(await findTaken(tx, { username })).username) return username
  }
  throw conflict('No username is free.')
}
