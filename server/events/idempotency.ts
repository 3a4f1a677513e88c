import sql from 'sql-template-tag'
import { withSortKey } from '../../contract/index.ts'
import { type Connection, prepared } from '../ports/database.ts'
import { AppError } from '../kernel/errors.ts'
import type { Idempotency } from '../kernel/scope.ts'

type KeptKey = Idempotency & { personId: number }

/** How long a repeated call gets the answer of the first one. */
export const keptHours = 24

/**
 * Takes the key for this transaction and looks up whether it has been answered. A failed call rolls back and so frees
 * the key.
 *
 * @throws AppError `conflict` while another call with the key is running, `idempotency_key_reused` for another body
 */
export async function replayAnswer(tx: Connection, kept: KeptKey): Promise<{ answer: unknown } | null> {
  const lockName = JSON.stringify([kept.personId, kept.key, kept.method, kept.path])
  const [[lock], [row]] = await Promise.all([
    tx.query<{ taken: boolean }>(
      prepared(sql`select pg_try_advisory_xact_lock(hashtextextended(${lockName}, 0)) as taken`),
    ),
    tx.query<{ body_hash: string; answer: unknown; fresh: boolean }>(
      prepared(sql`
        select body_hash, answer, created_at > now() - make_interval(hours => ${keptHours}) as fresh
        from idempotency_keys
        where user_id = ${kept.personId} and key = ${kept.key} and method = ${kept.method} and path = ${kept.path}`),
    ),
  ])
  if (!lock?.taken) {
    throw new AppError('conflict', 'A call with this Idempotency-Key is still running.', { retryAfter: 1 })
  }
  if (!row?.fresh) return null
  if (row.body_hash !== kept.bodyHash) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another body.')
  }
  return { answer: withSortKey(row.answer) ?? undefined }
}

export async function keepAnswer(tx: Connection, kept: KeptKey, now: string, answer: unknown): Promise<void> {
  const json = answer === undefined ? null : JSON.stringify(answer)
  await tx.query(
    prepared(sql`
    insert into idempotency_keys (user_id, method, path, key, body_hash, answer, created_at)
    values (${kept.personId}, ${kept.method}, ${kept.path}, ${kept.key}, ${kept.bodyHash}, ${json}, ${now})
    on conflict (user_id, key, method, path)
    do update set body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at`),
  )
}

export const dropOldAnswers = (db: Connection) =>
  db.query(sql`delete from idempotency_keys where created_at < now() - make_interval(hours => ${keptHours})`)
