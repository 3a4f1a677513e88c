import sql from 'sql-template-tag'
import type { Database } from '../../ports/database.ts'

/** An instance as described by its row. */
export interface Present {
  id: string
  /** Rises while the instance lives. */
  beat: number
  /** The number of presence messages that it has sent. */
  sent: number
  /** Whether it was seen in the last seconds, by the clock of the database. */
  fresh: boolean
}

/**
 * Records that this instance lives, and returns the others. In PostgreSQL and not in Redis: without Redis no instance
 * must count as dead, and without PostgreSQL nothing works anyway.
 *
 * @returns all other instances, dead ones too
 */
export const answerRollCall = (db: Database, id: string, sent: number): Promise<Present[]> =>
  db.query<Present>(sql`
    with here as (
      insert into instances (id, told) values (${id}, ${sent})
      on conflict (id) do update set beat = instances.beat + 1, told = excluded.told, seen_at = now())
    select id, beat, told as sent, seen_at > now() - interval '10 seconds' as fresh from instances where id <> ${id}`)

export const leaveRollCall = (db: Database, id: string) => db.query(sql`delete from instances where id = ${id}`)

/** Deletes the rows of instances that were killed long ago. */
export const dropDeadInstances = (db: Database) =>
  db.query(sql`delete from instances where seen_at < now() - interval '1 hour'`)
