import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'
import { join, listen } from './sockets.ts'

export interface Logged {
  offset: number
  event: string
  scope: string
  mutation_id: string | null
  bulk: boolean
  payload: any
}

/**
 * The newest offset, once everything that was committed has one and the server has delivered it. The server gathers
 * events for some milliseconds; a socket that joins before they are sent gets them.
 */
export async function position(server: TestServer): Promise<number> {
  await eventually(async () => assert.deepEqual(await server.query('select from outbox'), []))
  const [head] = await server.query<{ last: number }>('select last from log_head')
  await eventually(async () => {
    const { headers } = await expect(server.admin.rest('GET', '/projects?page_size=1'), 200)
    const delivered = Number(headers.get('x-event-offset'))
    assert.ok(delivered >= head!.last, `delivered up to ${delivered} of ${head!.last}`)
  })
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

/**
 * Puts this many events about new tasks into the log, with titles of this many characters, and waits until the server has
 * passed them: they will be replayed, and not sent live. Something must have been logged before.
 *
 * @param example a task
 * @returns the position before them
 */
export async function growLog(
  server: TestServer,
  client: Client,
  { example, events, bytes }: { example: object; events: number; bytes: number },
): Promise<number> {
  const since = await position(server)
  await server.query(
    `insert into event_log ("offset", at, command, bulk, event, scope, payload)
     select $1::bigint + n, now(), 1000000 + n, false, 'task_created', 'all',
       json_build_object('task', $4::jsonb || jsonb_build_object('id', n, 'title', repeat('x', $3::int)), 'created_by', $5::int)
     from generate_series(1, $2::int) n`,
    [since, events, bytes, JSON.stringify(example), client.person.id],
  )
  await server.query('update log_head set last = last + $1', [events])
  const { socket } = await listen(client)
  await eventually(async () => assert.equal((await join(socket, ['projects'])).offset, since + events))
  socket.disconnect()
  return since
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
