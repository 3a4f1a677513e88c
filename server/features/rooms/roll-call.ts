import sql from 'sql-template-tag'
import type { Database } from '../../ports/database.ts'

/** An instance as its row tells it. */
export interface Present {
  id: string
  /** Rises while it lives. */
  beat: number
  /** How many changes of its presence it has told. */
  told: number
  /** It has been seen in the last seconds, by the database's clock. */
  fresh: boolean
}

/**
 * Says that this instance lives, and asks which others do. In PostgreSQL and not in Redis: with Redis gone nobody must
 * be thought dead, and without PostgreSQL nothing works anyhow.
 *
 * @returns all other instances, dead ones too
 */
export const answerRollCall = (db: Database, id: string, told: number): Promise<Present[]> =>
  db.query<Present>(sql`
    with here as (
      insert into instances (id, told) values (${id}, ${told})
      on conflict (id) do update set beat = instances.beat + 1, told = excluded.told, seen_at = now())
    select id, beat, told, seen_at > now() - interval '10 seconds' as fresh from instances where id <> ${id}`)

export const leaveRollCall = (db: Database, id: string) => db.query(sql`delete from instances where id = ${id}`)

/** Rows of instances that were killed long ago. */
export const dropDeadInstances = (db: Database) =>
  db.query(sql`delete from instances where seen_at < now() - interval '1 hour'`)
