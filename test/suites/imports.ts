import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Job, TaskImportResult } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Answer, Client } from '../support/server.ts'

export type Imported = Omit<Job, 'result'> & { result: TaskImportResult }

export const sample = (name: string) => readFile(new URL(`../imports/samples/${name}`, import.meta.url))

/** Sends a file as a browser would. */
export async function sendImport(
  url: string,
  token: string | null,
  content: string | Uint8Array,
  { name = 'tasks.csv', headers = {}, ...fields }: Record<string, any> = {},
): Promise<Answer> {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, String(value))
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name)
  const response = await fetch(`${url}/api/v1/import/tasks`, {
    method: 'POST',
    body: form,
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Waits until the job has ended, and returns it. */
export const importEnds = (client: Client, id: number, within = 15_000): Promise<Imported> =>
  eventually(
    async () => {
      const { body } = await client.rest('GET', `/batch/status?id=${id}`)
      assert.notEqual(body.data.completed_at, null, JSON.stringify(body.data))
      return body.data
    },
    { within },
  )
