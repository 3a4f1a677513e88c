import type { Tx } from '../../events/index.ts'
import { notify } from './notify.ts'

/**
 * Tells a person that what lets somebody into their account has changed: a password, a second factor, a linked account,
 * an API key. Also when they did it themselves, because somebody else may have done it in their name; and it cannot be
 * switched off, because that somebody would.
 *
 * @param data ids that lead to it
 */
export const notifyOfSecurity = (tx: Tx, userId: number, message: string, data: Record<string, unknown> = {}) =>
  notify(tx, null, [{ userId, type: 'security', message, data }])
