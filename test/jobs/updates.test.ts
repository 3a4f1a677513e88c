import assert from 'node:assert/strict'
import type { Job } from '../../contract/index.ts'
import type { JobRow } from '../../server/features/jobs/jobs.queries.ts'
import { createUpdates } from '../../server/features/jobs/jobs.updates.ts'

describe('what is told of jobs', () => {
  function open() {
    const told: string[] = []
    const sent: string[] = []
    const listeners = new Map<string, (message: never) => void>()
    const updates = createUpdates({
      emit: job => void told.push(job.status),
      peers: {
        send: (_topic, job) => void sent.push((job as Job).status),
        on: (topic, listener) => void listeners.set(topic, listener),
      },
    })
    return { updates, told, sent, hear: (job: JobRow) => listeners.get('job')!(job as never) }
  }
  const row = (status: Job['status'], attempts = 1) => {
    const completed_at = status === 'queued' || status === 'running' ? null : '2026-01-01T00:00:00.000Z'
    return { id: 1, status, attempts, completed_at, result: null } as JobRow
  }

  it('[JB18] what waits to be said is dropped when the job was cancelled elsewhere', () => {
    for (const how of ['hears of it', 'is told']) {
      const { updates, sent, hear } = open()
      updates.announce(row('running'))
      updates.announce(row('running'))
      if (how === 'is told') hear(row('cancelled'))
      else updates.forget(1)
      updates.announce(row('running'))
      updates.stop()
      assert.deepEqual(sent, ['running'])
    }
  })

  it('[JB18] nothing from before the end of a job is said after it, wherever it comes from', () => {
    const { updates, told, hear } = open()
    hear(row('running'))
    updates.announce(row('cancelled'))
    hear(row('running'))
    updates.announce(row('running'))
    updates.stop()
    assert.deepEqual(told, ['running', 'cancelled'])
  })

  it('[JB18] that a job which had failed goes on is said', () => {
    const { updates, told, hear } = open()
    hear(row('failed'))
    hear(row('queued', 0))
    hear(row('running'))
    updates.stop()
    assert.deepEqual(told, ['failed', 'queued', 'running'])
  })
})
