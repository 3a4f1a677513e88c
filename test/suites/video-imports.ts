import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect } from '../support/server.ts'

/** Imports the videos of these addresses. @returns the job when it has ended */
export async function importVideos(client: Client, ...urls: string[]) {
  const { data } = (await expect(client.rest('POST', '/import/videos', { urls }), 202)).body
  return eventually(async () => {
    const job = (await expect(client.rest('GET', `/batch/status?id=${data.id}`), 200)).body.data
    assert.notEqual(job.completed_at, null)
    return job
  })
}
