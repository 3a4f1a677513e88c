import sql, { raw } from 'sql-template-tag'
import type { Replacing } from '../../ports/backups.ts'

const tables = ['audit_log', 'audit_chain', 'audit_heads']

/**
 * The audit log does not go back in time: when the log of before continues the one of the backup, its further entries
 * are taken over. When it is another log (a new installation into which an old one is restored), the one of the backup
 * stays as it is.
 */
export async function carryAudit(tx: Replacing): Promise<void> {
  const past = raw(`"${tx.past}"`)
  const [{ is_same, is_linked } = { is_same: false, is_linked: false }] = await tx.query<Record<string, boolean>>(sql`
    select
      not exists (select from audit_log) or exists (
        select from (select * from audit_log order by id desc limit 1) a join ${past}.audit_log b using (id)
        where row(a.action, a.resource, a.resource_id, a.details::text, a.created_at)
          is not distinct from row(b.action, b.resource, b.resource_id, b.details::text, b.created_at)) as is_same,
      not exists (select from audit_chain) or exists (
        select from (select * from audit_chain order by seq desc limit 1) a join ${past}.audit_chain b using (seq)
        where a.hash = b.hash) as is_linked`)
  if (!is_same) return
  for (const table of tables) await tx.query(sql`alter table ${raw(table)} disable trigger user`)
  // A backup from before the chain had a table of its own was linked anew, with other salts.
  if (!is_linked) for (const table of tables) await tx.query(sql`truncate ${raw(table)}`)
  await tx.query(sql`truncate audit_unsealed`)
  await tx.carry('audit_log', 'not exists (select from audit_log here where here.id = old.id)')
  await tx.carry('audit_chain', 'old.seq > (select coalesce(max(seq), 0) from audit_chain)')
  await tx.carry('audit_heads', 'old.seq > (select coalesce(max(seq), 0) from audit_heads)')
  await tx.carry('audit_unsealed', 'true')
  // What an erasure has removed since the backup stays removed: the entry may have been linked without it.
  await tx.query(sql`
    update audit_log here set ip_address = null, user_agent = null, origin_salt = null
    from ${past}.audit_log old
    where old.id = here.id and old.origin_salt is null and here.origin_salt is not null`)
  await tx.query(sql`
    update audit_log here set personal = null, personal_salt = null
    from ${past}.audit_log old
    where old.id = here.id and old.personal_salt is null and here.personal_salt is not null`)
  for (const table of tables) await tx.query(sql`alter table ${raw(table)} enable trigger user`)
}
