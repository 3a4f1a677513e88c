import pg from 'pg'
import { goingOn } from '../../ports/going-on.ts'
import { connectionTo } from '../database-connection.ts'
import { dropLeftovers } from './side-schema.ts'

/** Removes the schemas of restores whose processes have died. While a restore runs, nothing is removed. */
export async function sweepSchemas(ownerUrl: string): Promise<void> {
  const client = new pg.Client(connectionTo(ownerUrl, { lock: 5_000 }))
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      goingOn.restore,
    ])
    if (rows[0]!.taken) await dropLeftovers(client)
  } finally {
    await client.end()
  }
}
