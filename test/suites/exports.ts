import assert from 'node:assert/strict'
import type { Export } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

/** Begins an export and waits until its job has ended. */
export async function exportEnds(client: Client, body: object, path = '/export/data'): Promise<Export> {
  const { data } = (await expect(client.rest('POST', path, body), 202)).body
  return exportStands(client, data.id)
}

export const exportStands = (client: Client, id: number, within = 20_000): Promise<Export> =>
  eventually(
    async () => {
      const { data } = (await expect(client.rest('GET', `/export/status?id=${id}`), 200)).body
      assert.notEqual(data.completed_at, null, JSON.stringify(data))
      return data
    },
    { within },
  )

export const download = (
  server: TestServer,
  client: Client | null,
  url: string,
  headers: Record<string, string> = {},
) =>
  fetch(`${server.url}${url}`, {
    headers: { ...(client && { authorization: `Bearer ${client.token}` }), ...headers },
  })

/** The content of an export that has succeeded. */
export async function exported(server: TestServer, client: Client, body: object, path?: string): Promise<string> {
  const found = await exportEnds(client, body, path)
  assert.deepEqual([found.status, found.error], ['completed', null])
  const response = await download(server, client, found.file_url!)
  assert.equal(response.status, 200)
  return Buffer.from(await response.arrayBuffer()).toString()
}

/** The rows of an export as NDJSON. */
export const exportedRows = async (server: TestServer, client: Client, body: object): Promise<any[]> =>
  (await exported(server, client, { format: 'ndjson', ...body }))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
