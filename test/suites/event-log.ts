import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import type { TestServer } from '../support/server.ts'

export interface Logged {
  offset: number
  event: string
  scope: string
  mutation_id: string | null
  bulk: boolean
  payload: any
}

/** The newest offset, once everything that was committed has one. */
export async function position(server: TestServer): Promise<number> {
  await eventually(async () => assert.deepEqual(await server.query('select from outbox'), []))
  const [head] = await server.query<{ last: number }>('select last from log_head')
  return head!.last
}

/** The events that a piece of work added to the log. */
export async function eventsOf(server: TestServer, work: () => Promise<unknown>): Promise<Logged[]> {
  const before = await position(server)
  await work()
  await position(server)
  return server.query<Logged>(
    'select "offset", event, scope, mutation_id, bulk, payload from event_log where "offset" > $1 order by "offset"',
    [before],
  )
}

/** Everything that requests can change, as one text to compare, without what belongs to sessions. */
export async function fingerprint(server: TestServer): Promise<string> {
  const [row] = await server.query<{ all: string }>(`
    select md5(concat(
      (select string_agg(t::text, '|' order by id) from tasks t),
      (select string_agg(p::text, '|' order by id) from projects p),
      (select string_agg(m::text, '|' order by project_id, user_id) from project_members m),
      (select string_agg(p::text, '|' order by id) from posts p),
      (select string_agg(v::text, '|' order by id) from videos v),
      (select string_agg(concat(id, email, username, name, password_hash, role, permissions, is_active, tier), '|' order by id)
        from users),
      (select string_agg(concat(id, ended_at), '|' order by id) from sessions),
      (select string_agg(k::text, '|' order by key) from idempotency_keys k))) as all`)
  return `${row!.all} at ${await position(server)}`
}
