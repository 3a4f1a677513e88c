import assert from 'node:assert/strict'
import type { Statement, Connection as ServerConnection } from '../../server/ports/database.ts'
import { claimDue } from '../../server/features/webhooks/claim.queries.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe('claims of deliveries to webhooks', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  /** A webhook of which so many deliveries are due. */
  async function fill(db: Connection, count: number) {
    const { rows } = await db.query(`
      insert into webhooks (user_id, url, events, secret, ordered, created_at, updated_at)
      select id, 'https://example.com/', '{*}', 'x', false, now(), now() from users limit 1 returning id`)
    const id = Number(rows[0].id)
    await db.query(`
      insert into webhook_places (webhook_id, epoch, position, last_offset) select ${id}, epoch, last, last from log_head`)
    await db.query(`
      insert into webhook_deliveries (webhook_id, "offset", previous_offset, event, status, created_at, next_attempt_at)
      select ${id}, n, n - 1, 'task.updated', 'pending', now(), now() from generate_series(1, ${count}) n`)
    await db.query('vacuum analyze webhook_deliveries')
  }

  it('[WK20] read no other delivery than those that begin, however many wait', async () => {
    const db = await openConnection(server.ownerUrl)
    await fill(db, 5_000)
    const statements: Statement[] = []
    const query = async (statement: Statement) => {
      statements.push(statement)
      return (await db.query({ text: statement.text, values: [...statement.values] })).rows
    }
    const none = new Map<number, number>()
    const room = { of: none, otherwise: 32, all: 200, slow: 100, slowOnes: [], owners: none, perOwner: 40 }
    const { claimed } = await claimDue({ query } as unknown as ServerConnection, room, 30_000)
    assert.equal(claimed.length, 32)

    const [{ text, values }] = statements as [Statement]
    const { rows } = await db.query({ text: `explain ${text}`, values: [...values] })
    const plan = rows.map(row => row['QUERY PLAN']).join('\n')
    assert.match(plan, /Index Only Scan using webhook_deliveries_due_idx/)
    assert.doesNotMatch(plan, /Seq Scan on webhook_deliveries/)
  })
})
