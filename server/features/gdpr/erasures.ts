import sql, { raw } from 'sql-template-tag'
import type { Command } from '../../events/index.ts'
import type { Logger } from '../../kernel/logger.ts'
import { isSameAccount, type Replacing } from '../../ports/backups.ts'
import type { Connection, Database } from '../../ports/database.ts'
import { erasedLogin, erasedName } from '../accounts/index.ts'
import { hasUnfinished, type Jobs } from '../jobs/index.ts'
import { erasureType } from './erasure-job.ts'

const atOnce = 1000

interface ResumeDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'enqueue'>
  log: Logger
}

export const insertErasure = (tx: Connection, personId: number, now: string) =>
  tx.query(sql`
    insert into erasures (user_id, requested_at) values (${personId}, ${now})
    on conflict (user_id) do update set completed_at = null`)

/**
 * Takes over into restored data whose erasure was asked for since the backup. Erasures of people who are not in the
 * backup go to absent_erasures, beside the backup's own rows, for a later restore of a backup that has them.
 */
export async function carryErasures(tx: Replacing): Promise<void> {
  const past = raw(`"${tx.past}"`)
  await tx.carry('absent_erasures', 'true', { overwrite: true })
  await tx.query(sql`
    insert into absent_erasures (user_id, registered_at, requested_at)
    select id, created_at, requested_at from ${past}.erasures e join ${past}.users u on u.id = e.user_id
    on conflict do nothing`)
  await tx.carry('erasures', isSameAccount(tx, 'old.user_id'), { overwrite: true })
  await tx.query(sql`
    insert into erasures (user_id, requested_at)
    select user_id, requested_at from absent_erasures a join users u on u.id = a.user_id and u.created_at = a.registered_at
    on conflict do nothing`)
  await tx.query(sql`
    delete from absent_erasures a using users u where u.id = a.user_id and u.created_at = a.registered_at`)
}

/**
 * For a restored backup, before anybody can read it: closes the accounts of the table `erasures` that the backup has
 * unerased, takes name, address, sessions and ways in from them, and lets the erasure begin again for everything else.
 */
export async function reapplyErasures(tx: Connection): Promise<{ again: number }> {
  // The user name stays until the erasure has replaced it where others mention the person.
  const again = await tx.query<{ id: number }>(sql`
    update users u set name = ${erasedName}, email = ${erasedLogin(0).slice(0, -1)} || u.id, password_hash = '',
      role = 'user', permissions = '{}', is_active = false, is_verified = false, two_factor = false, last_seen_at = null
    from erasures e where e.user_id = u.id and u.erased_at is null returning u.id`)
  const ids = again.map(({ id }) => id)
  await tx.query(sql`delete from sessions where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`delete from password_resets where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`delete from totp_factors where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`delete from recovery_codes where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`delete from identities where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`delete from scim_accounts where user_id = any(${ids}::bigint[])`)
  await tx.query(sql`update erasures set completed_at = null where user_id = any(${ids}::bigint[])`)
  return { again: ids.length }
}

/**
 * Begins erasures again that have not ended and that nobody works on: they failed, or a backup was restored. One that
 * cannot begin is logged and does not hold up the others.
 */
export const createResume =
  ({ database, command, jobs, log }: ResumeDeps) =>
  async (): Promise<void> => {
    for (let after = 0; ;) {
      const open = await database.query<{ user_id: number }>(sql`
        select e.user_id from erasures e join users u on u.id = e.user_id
        where e.completed_at is null and e.requested_at < now() - interval '1 minute' and e.user_id > ${after}
        order by e.user_id limit ${atOnce}`)
      for (const { user_id } of open)
        await command({ person: null }, async tx => {
          await tx.query(sql`select from erasures where user_id = ${user_id} for update`)
          if (await hasUnfinished(tx, user_id, erasureType)) return
          await jobs.enqueue(tx, { person: { id: user_id } }, { type: erasureType, input: {} })
        }).catch(error => log.warn({ err: error, user_id }, 'an erasure could not begin again'))
      if (open.length < atOnce) return
      after = open.at(-1)!.user_id
    }
  }
