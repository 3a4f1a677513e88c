import { randomBytes } from 'node:crypto'
import type { Command } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import { StartError } from '../../kernel/start-error.ts'
import { audit } from '../audit/index.ts'
import { findAdminEmail, findTaken, insertUser, lockFirstAdmin } from './accounts.queries.ts'
import type { Passwords } from './passwords.ts'
import { nobody } from './session-opening.ts'

/**
 * Creates an administrator when there is none. Of several starting instances one does.
 *
 * @returns the e-mail of the administrator; a password only when this call has generated it, because it is stored
 *   nowhere else
 * @throws StartError when the e-mail belongs to an account that is not an administrator
 */
export type EnsureAdmin = (wanted: {
  email?: string | undefined
  password?: string | undefined
}) => Promise<{ email: string; password: string | null }>

const defaultEmail = 'admin@taskwire.local'

export function createEnsureAdmin(deps: { database: Database; command: Command; passwords: Passwords }): EnsureAdmin {
  return async ({ email = defaultEmail, password }) => {
    const there = await findAdminEmail(deps.database)
    if (there !== undefined) return { email: there, password: null }

    const generated = password === undefined ? randomBytes(15).toString('base64url') : null
    const passwordHash = await deps.passwords.hash(password ?? generated!)
    return deps.command(nobody, async tx => {
      await lockFirstAdmin(tx)
      const faster = await findAdminEmail(tx)
      if (faster !== undefined) return { email: faster, password: null }
      // An existing account is never promoted, because anybody may have registered it.
      const taken = await findTaken(tx, { email, username: 'admin' })
      if (taken.email) throw new StartError(`ADMIN_EMAIL ${email} belongs to an account that is not an administrator.`)
      const username = taken.username ? `admin-${randomBytes(4).toString('hex')}` : 'admin'
      const admin = { email, username, name: 'Admin', passwordHash, role: 'admin' as const, isVerified: true }
      const { id } = await insertUser(tx, admin, tx.now)
      await audit(tx, null, { action: 'user.registered', resource: 'user', resourceId: id, details: { role: 'admin' } })
      return { email, password: generated }
    })
  }
}
