import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'

describe('the cache, for administrators', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const stats = async () => (await expect(server.admin.rest('GET', '/cache/stats'), 200)).body.data
  const clear = (body: object) => server.admin.rest('POST', '/cache/clear', body)
  const total = async () => (await expect(ann.rest('GET', '/dashboard/stats'), 200)).body.tasks.total

  it('[CA6] is seen and cleared by administrators only (attack 110)', async () => {
    for (const [method, path] of [
      ['GET', '/cache/stats'],
      ['POST', '/cache/clear'],
    ] as const) {
      refuses(await server.rest(method, path, method === 'POST' ? { all: true } : undefined), 'unauthenticated')
      refuses(await ann.rest(method, path, method === 'POST' ? { all: true } : undefined), 'forbidden')
    }
  })

  it('[CA6] counts what is kept, and how often that was of use', async () => {
    await expect(clear({ all: true }), 200)
    const before = await stats()
    await total()
    await total()
    const after = await stats()
    assert.equal(after.backend, 'memory')
    assert.deepEqual([after.hits - before.hits, after.misses - before.misses], [1, 1])
    assert.ok(after.keys > 0 && after.memory_bytes > 0 && after.hit_rate > 0 && after.hit_rate < 1)
  })

  it('[CA6] forgets answers at once, and audits that', async () => {
    const before = await total()
    await addTask(ann)
    assert.equal(await total(), before, 'a count is kept for a moment')
    const { body } = await expect(clear({ pattern: 'dashboard:*' }), 200)
    assert.equal(body.data.cleared_count, 1)
    assert.equal(await total(), before + 1)
    const { results } = (await expect(server.admin.rest('GET', '/audit/logs?action=cache.cleared'), 200)).body.data
    assert.deepEqual(results[0].details, { pattern: 'dashboard:*' })
  })

  for (const [what, body, fields] of [
    ['nothing', {}, ['all']],
    ['two ways', { all: true, pattern: '*' }, ['all']],
    ['no keys', { keys: [] }, ['keys']],
    ['all that is not', { all: false }, ['all']],
    ['a pattern that is too long', { pattern: '*'.repeat(201) }, ['pattern']],
    ['an empty pattern', { pattern: '' }, ['pattern']],
  ] as [string, object, string[]][])
    it(`[CA7] refuses to clear ${what}`, async () => {
      refuses(await clear(body), 'validation_error', fields)
    })
})
