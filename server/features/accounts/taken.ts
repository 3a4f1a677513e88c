import type { FieldErrors } from '../../../contract/index.ts'
import { ConstraintError, type Database } from '../../ports/database.ts'
import { type AppError, conflict } from '../../kernel/errors.ts'
import { findTaken } from './accounts.queries.ts'

type Wanted = Parameters<typeof findTaken>[1]

/** The error for unique values that another account has, naming all of them; null when they are free. */
export async function takenConflict(database: Database, wanted: Wanted): Promise<AppError | null> {
  const taken = await findTaken(database, wanted)
  const fields: FieldErrors = {}
  if (taken.email) fields.email = ['is taken']
  if (taken.username) fields.username = ['is taken']
  const names = Object.keys(fields)
  return names.length > 0 ? conflict(`Taken by another account: ${names.join(', ')}.`, fields) : null
}

/** By the unique constraints. Those that depend on the locale are kept for the release before. */
const fieldOf: Record<string, string> = {
  users_email_plain_key: 'email',
  users_username_plain_key: 'username',
  users_email_key: 'email',
  users_username_key: 'username',
}

/**
 * Runs a write of unique values. PostgreSQL reports only the first taken value, so the others are looked up afterwards.
 *
 * @throws AppError `conflict`
 */
export async function explainTaken<T>(database: Database, wanted: Wanted, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const field = error instanceof ConstraintError ? fieldOf[error.constraint] : undefined
    if (!field) throw error
    throw (
      (await takenConflict(database, wanted)) ??
      conflict(`Taken by another account: ${field}.`, { [field]: ['is taken'] })
    )
  }
}
