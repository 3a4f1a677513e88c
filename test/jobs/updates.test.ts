import assert from 'node:assert/strict'
import type { Job } from '../../contract/index.ts'
import type { JobRow } from '../../server/features/jobs/jobs.queries.ts'
import { createUpdates } from '../../server/features/jobs/jobs.updates.ts'

describe('job updates', () => {
  function open() {
    const emitted: string[] = []
    const sent: string[] = []
    const listeners = new Map<string, (message: never) => void>()
    const updates = createUpdates({
      emit: job => void emitted.push(job.status),
      peers: {
        send: (_topic, job) => void sent.push((job as Job).status),
        on: (topic, listener) => void listeners.set(topic, listener),
      },
    })
    return { updates, emitted, sent, receive: (job: JobRow) => listeners.get('job')!(job as never) }
  }
  const row = (status: Job['status'], attempts = 1) => {
    const completed_at = status === 'queued' || status === 'running' ? null : '2026-01-01T00:00:00.000Z'
    return { id: 1, status, attempts, completed_at, result: null } as JobRow
  }

  it('[JB18] drops waiting updates when the job was cancelled elsewhere', () => {
    for (const how of ['is cancelled here', 'receives the cancellation']) {
      const { updates, sent, receive } = open()
      updates.announce(row('running'))
      updates.announce(row('running'))
      if (how === 'receives the cancellation') receive(row('cancelled'))
      else updates.forget(1)
      updates.announce(row('running'))
      updates.stop()
      assert.deepEqual(sent, ['running'])
    }
  })

  it('[JB18] sends no earlier state after the end of a job, wherever it comes from', () => {
    const { updates, emitted, receive } = open()
    receive(row('running'))
    updates.announce(row('cancelled'))
    receive(row('running'))
    updates.announce(row('running'))
    updates.stop()
    assert.deepEqual(emitted, ['running', 'cancelled'])
  })

  it('[JB18] sends updates again when a failed job continues', () => {
    const { updates, emitted, receive } = open()
    receive(row('failed'))
    receive(row('queued', 0))
    receive(row('running'))
    updates.stop()
    assert.deepEqual(emitted, ['failed', 'queued', 'running'])
  })
})
