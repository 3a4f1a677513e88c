import { randomBytes } from 'node:crypto'
import sql, { raw, type Sql } from 'sql-template-tag'
import { type Connection, ConstraintError, RetryableError } from '../../ports/database.ts'
import { conflict } from '../../kernel/errors.ts'

/**
 * How slugs are stored. A slug is unique among what a person may see, not globally: a 409 would reveal that somebody
 * has a private project or a draft of that name. The columns are unique nevertheless (the release before relies on it),
 * so a slug that another row has is stored with a random suffix, which no slug can contain and which nobody is shown.
 */
type Table = 'projects' | 'posts'

/** The slug of a row, for every statement that reads one. @param table with its dot: `p.` */
export const shownSlug = (table = ''): Sql => raw(`shown_slug(${table}slug)`)

/** The value to store for a slug. To be used while the slug is locked. */
export function storedSlug(table: Table, slug: string): Sql {
  const marked = `${slug}~${randomBytes(6).toString('hex')}`
  return sql`case when exists (select from ${raw(table)} where slug = ${slug}) then ${marked} else ${slug} end`
}

/**
 * Until the end of the transaction nobody else takes this slug, so of two simultaneous commands the second sees the
 * first.
 */
export const lockSlug = (tx: Connection, table: Table, slug: string) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`slug ${slug} of ${table}`}, 0))`)

/**
 * Locks a slug for an existing row and checks that no other relevant row has it.
 *
 * @param among a condition on the table, as `p`
 * @throws AppError `conflict` on `slug`
 */
export async function claimSlug(tx: Connection, table: Table, row: { id: number; slug: string }, among: Sql) {
  const [, others] = await Promise.all([
    lockSlug(tx, table, row.slug),
    tx.query(sql`
      select from ${raw(table)} p where ${shownSlug('p.')} = ${row.slug} and p.id <> ${row.id} and (${among}) limit 1`),
  ])
  if (others.length > 0) throw slugTaken()
}

export const slugTaken = () => conflict('The slug is taken.', { slug: ['is taken'] })

/**
 * For a rejected write: an instance of the release before does not wait for the lock. The next attempt sees its row.
 */
export function retryTakenSlug(error: unknown): never {
  const taken = error instanceof ConstraintError && error.constraint.endsWith('_slug_key')
  throw taken ? new RetryableError('the slug was taken meanwhile', { cause: error }) : error
}

/**
 * The only thing that a slug or an id names.
 *
 * @param found the things of that name that the caller may see
 * @throws AppError `conflict` on `field` when there are several
 */
export function onlyOne<T>(found: Iterable<T>, field = 'id'): T | undefined {
  const [one, another] = found
  if (another === undefined) return one
  throw conflict('Several that you may see have this slug; use the id.', {
    [field]: ['is the slug of several; use the id'],
  })
}
