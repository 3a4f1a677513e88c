import sql from 'sql-template-tag'
import type { Sealer } from '../../kernel/sealed.ts'
import type { Database } from '../../ports/database.ts'
import type { WithSecrets } from './webhooks.queries.ts'

/** Encrypts the secrets that a former `JWT_SECRET` encrypted with the present one, so that the former can be removed. */
export async function resealSecrets(database: Database, sealer: Sealer): Promise<void> {
  const rows = await database.query<Pick<WithSecrets, 'secret' | 'previous_secret'> & { id: number }>(
    sql`select id, secret, previous_secret from webhooks order by id`,
  )
  const again = (sealed: Buffer) => (sealer.isOutdated(sealed) ? sealer.seal(sealer.open(sealed)!) : sealed)
  for (const { id, secret, previous_secret: former } of rows) {
    const next = { secret: again(secret), former: former && again(former) }
    if (next.secret === secret && next.former === former) continue
    // Only if nobody has rotated it meanwhile.
    await database.query(sql`
      update webhooks set secret = ${next.secret}, previous_secret = ${next.former}
      where id = ${id} and secret = ${secret} and previous_secret is not distinct from ${former}::bytea`)
  }
}
