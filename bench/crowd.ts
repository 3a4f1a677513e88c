import { randomUUID } from 'node:crypto'
import { createAccessTokens } from '../server/features/accounts/access-tokens.ts'
import type { Stage } from './stage.ts'

/** Signs the tokens of the crowd; the server has to be started with it. */
export const crowdSecret = 'a secret for benches that has more than 32 characters'

const firstId = 1_000_001
const ttlSeconds = 86_400

export interface SignedIn {
  id: number
  token: string
}

/**
 * Inserts accounts with a session each, directly into the tables, because hashing a password takes a tenth of a second.
 * They are ordinary people.
 */
export async function addCrowd(stage: Stage, database: string, count: number): Promise<SignedIn[]> {
  const run = (statement: string, values?: unknown[]) => stage.query(database, statement, values)
  const sessions = Array.from({ length: count }, () => randomUUID())
  await run(
    `insert into users (id, email, username, name, password_hash)
      overriding system value
      select id, 'person' || id || '@example.com', 'person' || id, 'Person ' || id, '-'
      from generate_series($1::bigint, $2::bigint) as id`,
    [firstId, firstId + count - 1],
  )
  await run(
    `insert into sessions (id, user_id, ip_address, user_agent, expires_at, access_expires_at)
      select session, $1 + nth - 1, '127.0.0.1', 'bench', now() + interval '1 day', now() + interval '1 day'
      from unnest($2::uuid[]) with ordinality as s(session, nth)`,
    [firstId, sessions],
  )
  await run('analyze users, sessions')
  const tokens = createAccessTokens(crowdSecret, ttlSeconds)
  return sessions.map((session, nth) => ({ id: firstId + nth, token: tokens.sign(firstId + nth, session).token }))
}
