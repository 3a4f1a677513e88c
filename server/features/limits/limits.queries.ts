import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/** The e-mail address of an account, under which its sign-ins are counted. */
export async function findEmail(db: Connection, userId: number): Promise<string | undefined> {
  const [row] = await db.query<{ email: string }>(sql`select email from users where id = ${userId}`)
  return row?.email
}

/** The API keys of a person that could call. */
export const findKeyIds = async (db: Connection, userId: number): Promise<number[]> =>
  (await db.query<{ id: number }>(sql`select id from api_keys where user_id = ${userId} and revoked_at is null`)).map(
    ({ id }) => id,
  )
