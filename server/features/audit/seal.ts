import { createHash } from 'node:crypto'
import sql from 'sql-template-tag'
import type { Logger } from '../../kernel/logger.ts'
import type { Connection, Database } from '../../ports/database.ts'
import { insertLinks, lastLink, type Link, takeUnlinked, type Unlinked } from './chain.queries.ts'
import { createHeadSigner, headEveryMs, type HeadSigner } from './heads.ts'

/** A number on which all instances agree. */
const chainLock = 7_201_004
const atOnce = 1_000

/** What keeps the chain of the audit log. */
export interface AuditChain {
  heads: HeadSigner
  /**
   * Links the entries that have been committed since, one instance at a time. The hash of an entry covers its content
   * and the hash before it.
   */
  seal(): Promise<void>
}

/** @param jwtSecret what the key of the signatures is derived from */
export function createAuditChain(deps: {
  database: Database
  jwtSecret: string
  log: Pick<Logger, 'info'>
}): AuditChain {
  const { database } = deps
  const heads = createHeadSigner(deps.jwtSecret, deps.log)
  return {
    heads,
    seal: async () => {
      while (await isDue(database)) await database.transaction(async tx => ({ value: await sealSome(tx, heads) }))
    },
  }
}

/** Whether entries wait for their link, or the end of the chain for its signature. */
async function isDue(db: Connection): Promise<boolean> {
  const before = new Date(Date.now() - headEveryMs).toISOString()
  const [row] = await db.query<{ due: boolean }>(sql`
    select exists (select from audit_unsealed) or (
      (select max(seq) from audit_chain) > coalesce((select max(seq) from audit_heads), 0)
      and coalesce((select signed_at <= ${before}::timestamptz from audit_heads order by seq desc limit 1), true)) as due`)
  return row!.due
}

async function sealSome(tx: Connection, heads: HeadSigner): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${chainLock})`)
  const taken = await takeUnlinked(tx, atOnce)
  const links: (Link & Unlinked)[] = []
  let { seq, hash } = await lastLink(tx)
  for (const entry of taken) {
    hash = createHash('sha256')
      .update(hash + entry.content)
      .digest('hex')
    links.push({ ...entry, seq: ++seq, entry_id: entry.id, hash })
  }
  if (links.length > 0) await insertLinks(tx, links)
  await heads.sign(tx, { seq, hash })
}
