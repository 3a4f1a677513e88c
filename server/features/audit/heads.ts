import { createHash, createHmac, hkdfSync } from 'node:crypto'
import sql from 'sql-template-tag'
import type { Logger } from '../../kernel/logger.ts'
import { isSameSecret } from '../../kernel/same-secret.ts'
import type { Connection } from '../../ports/database.ts'

/** Signs links, so that whoever rewrites the chain or removes its end without the key is found. */
export interface HeadSigner {
  /** Signs the end of the chain when it is time. Under the lock of the chain. */
  sign(tx: Connection, end: { seq: number; hash: string }): Promise<void>
  /** Compares all signed heads with the chain. */
  check(db: Connection): Promise<CheckedHeads>
}

export interface CheckedHeads {
  signed: number
  /** Heads that another JWT_SECRET has signed. */
  of_other_keys: number
  /** The first one whose signature or hash does not fit, or whose link is not there. */
  first_broken_seq: number | null
}

interface Head {
  seq: number
  hash: string
  signed_at: string
  key_id: string
  signature: string
}

/** A head is signed after this many links, or when the last one is this old. */
const everyLinks = 1_000
export const headEveryMs = 60_000

/** @param jwtSecret what the key is derived from */
export function createHeadSigner(jwtSecret: string, log: Pick<Logger, 'info'>): HeadSigner {
  const key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'taskwire audit heads', 32))
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 16)
  const signatureOf = ({ seq, hash, signed_at: at }: Pick<Head, 'seq' | 'hash' | 'signed_at'>) =>
    createHmac('sha256', key).update(`${seq} ${hash} ${at}`).digest('hex')

  return {
    async sign(tx, { seq, hash }) {
      const [last] = await tx.query<Head>(sql`select * from audit_heads order by seq desc limit 1`)
      const now = new Date().toISOString()
      const isDue = !last || seq >= last.seq + everyLinks || Date.parse(now) - Date.parse(last.signed_at) >= headEveryMs
      if (seq === 0 || !isDue || seq <= (last?.seq ?? 0)) return
      const signature = signatureOf({ seq, hash, signed_at: now })
      await tx.query(sql`
        insert into audit_heads (seq, hash, signed_at, key_id, signature)
        values (${seq}, ${hash}, ${now}, ${keyId}, ${signature})`)
      // In the log of the server too, which the owner of the tables cannot change.
      log.info({ seq, hash, signature }, 'signed the audit log')
    },

    async check(db) {
      const heads = await db.query<Head & { is_linked: boolean }>(sql`
        select h.*, c.hash is not null and c.hash = h.hash as is_linked
        from audit_heads h left join audit_chain c using (seq) order by seq`)
      const isBroken = (head: Head & { is_linked: boolean }) =>
        !head.is_linked || (head.key_id === keyId && !isSameSecret(head.signature, signatureOf(head)))
      return {
        signed: heads.length,
        of_other_keys: heads.filter(({ key_id }) => key_id !== keyId).length,
        first_broken_seq: heads.find(isBroken)?.seq ?? null,
      }
    },
  }
}
