import { person, type Tx } from '../../events/index.ts'
import type { Notice } from './notice.ts'
import { insertNotifications, shareInboxes } from './notifications.queries.ts'

/**
 * Adds notifications, in the transaction of what they are about. Nobody is notified of their own actions, nor of a kind
 * that they switched off.
 */
export async function notify(tx: Tx, actorId: number | null, notices: readonly Notice[]): Promise<void> {
  const others = notices.filter(({ userId }) => userId !== actorId)
  if (others.length === 0) return
  const ids = [...new Set(others.map(({ userId }) => userId))]
  const off = await shareInboxes(tx, ids)
  const unwanted = new Map(off.map(row => [row.user_id, new Set(row.off)]))
  const wanted = others.filter(({ userId, type }) => !unwanted.get(userId)?.has(type))
  if (wanted.length === 0) return
  for (const { user_id, ...row } of await insertNotifications(tx, wanted, tx.now)) {
    tx.record('notification', row, person(user_id))
  }
}
