import sql from 'sql-template-tag'
import { AppError } from '../kernel/errors.ts'
import { type Connection, prepared } from '../ports/database.ts'

/**
 * Runs `work` while the account of its caller is held open: who closes the account waits for the end of the transaction.
 * The lock is sent with the first statements of the work, so it costs no round trip.
 *
 * @throws AppError `account_disabled` when the account was closed between the authentication and the lock
 */
export async function whileOpen<T>(tx: Connection, personId: number, work: () => Promise<T>): Promise<T> {
  const held = tx.query<{ is_active: boolean }>(
    prepared(sql`select is_active from users where id = ${personId} for key share`),
  )
  // If the lock fails, all statements after it do; its error is the one that says why.
  const [worked, locked] = await Promise.allSettled([work(), held])
  if (locked.status === 'rejected') throw locked.reason
  if (!locked.value[0]?.is_active) throw new AppError('account_disabled', 'The account has been disabled.')
  if (worked.status === 'rejected') throw worked.reason
  return worked.value
}
