import assert from 'node:assert/strict'
import { importEnds, sendImport } from '../suites/imports.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'

describe('assignees with an internationalised address', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server?.close())

  it('[IM20] are found by both forms of the address, in any case', async () => {
    const account = { email: 'ann@bücher.example', username: 'ann-of-books', password }
    const { body } = await expect(server.rest('POST', '/auth/register', account), 201)
    const names = ['ann@bücher.example', 'Ann@BÜCHER.example', 'ann@xn--bcher-kva.example', 'ANN@XN--BCHER-KVA.EXAMPLE']
    const rows = ['title,assignee', ...names.map((name, nth) => `task ${nth},${name}`)].join('\n')
    const sent = await sendImport(server.url, server.admin.token, rows)
    const { result } = await importEnds(server.admin, sent.body.data.id)
    assert.deepEqual(result.warnings, [])
    const made = await server.query<{ assignee_id: number }>('select assignee_id from tasks')
    assert.deepEqual(
      made.map(task => task.assignee_id),
      names.map(() => body.user.id),
    )
  })
})
