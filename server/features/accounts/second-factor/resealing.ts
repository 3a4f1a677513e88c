import sql from 'sql-template-tag'
import type { Sealer } from '../../../kernel/sealed.ts'
import type { Database } from '../../../ports/database.ts'

/** Encrypts the secrets that a former `JWT_SECRET` encrypted with the present one, so that the former can be removed. */
export async function resealFactors(database: Database, sealer: Sealer): Promise<void> {
  const rows = await database.query<{ user_id: number; secret: Buffer }>(
    sql`select user_id, secret from totp_factors order by user_id`,
  )
  for (const { user_id, secret } of rows) {
    if (!sealer.isOutdated(secret)) continue
    const next = sealer.seal(sealer.open(secret)!)
    // Only if it has not been replaced meanwhile.
    await database.query(
      sql`update totp_factors set secret = ${next} where user_id = ${user_id} and secret = ${secret}`,
    )
  }
}
