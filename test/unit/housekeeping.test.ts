import assert from 'node:assert/strict'
import { createHousekeeping } from '../../server/process/housekeeping.ts'
import type { Database } from '../../server/ports/database.ts'

describe('housekeeping', () => {
  it('[OP16] does the rest when one task fails, and then reports what failed', async () => {
    const done: string[] = []
    const fault = new Error('a stray entry')
    const gone = new Error('no database')
    const tidy = createHousekeeping({
      database: { query: () => Promise.reject(gone), transaction: () => Promise.reject(gone) } as never as Database,
      retentionHours: 1,
      cleanUps: [() => Promise.reject(fault), async () => void done.push('second')],
    })
    await assert.rejects(tidy, (error: AggregateError) => error.errors.includes(fault) && error.errors.includes(gone))
    assert.deepEqual(done, ['second'])
  })
})
