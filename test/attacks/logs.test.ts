import assert from 'node:assert/strict'
import { type Connection, openConnection } from '../support/connection.ts'
import { type Answer, type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, created, refuses } from '../suites/answers.ts'
import { eventsOf, fingerprint } from '../suites/event-log.ts'
import { png, upload } from '../suites/media.ts'

describe('logs that an attacker wants to change', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  describe('the audit log of a server whose role somebody has taken over', () => {
    let taken: Connection
    before(async () => {
      taken = await openConnection(server.databaseUrl)
    })
    const verify = async () => (await expect(server.admin.rest('GET', '/audit/verify'), 200)).body.data

    for (const [what, statement] of [
      ['changes entries', `update audit_log set action = 'x'`],
      ['removes where somebody acted', 'update audit_log set ip_address = null, origin_salt = null'],
      ['removes entries', 'delete from audit_log'],
      ['empties it', 'truncate audit_log cascade'],
      ['cuts its end', 'delete from audit_log where id = (select max(id) from audit_log)'],
      ['cuts its chain', 'delete from audit_chain where seq = (select max(seq) from audit_chain)'],
      ['changes its chain', `update audit_chain set hash = 'x'`],
      ['removes its signatures', 'delete from audit_heads'],
      ['switches its protection off', 'alter table audit_log disable trigger all'],
      ['drops it', 'drop table audit_log cascade'],
    ] as const)
      it(`[RO1] a statement that ${what} is refused, and the log still verifies (attack 113)`, async () => {
        const before = await verify()
        await assert.rejects(taken.query(statement), { code: '42501' })
        const after = await verify()
        assert.equal(after.ok, true)
        assert.ok(after.checked >= before.checked && before.checked > 0)
      })
  })

  it('[TK6] [PJ3] [PO5] who has not seen the present version overwrites nothing, and no event says so (attack 116)', async () => {
    const project = await addProject(ann)
    const task = await addTask(ann, { project: project.id })
    const comment = await created(ann, `/tasks/${task.id}/comments`, { body: 'first' })
    const post = await created(ann, '/blog/posts', { title: 'first', body: 'text' })
    const video = await created(ann, '/videos', { title: 'first', url: 'https://example.com/a.mp4' })
    const file = (await expect(upload(server, ann, [{ content: await png() }]), 201)).body
    /** What may be done to each thing, and a change of somebody else in the meantime. */
    const things: [path: string, change: object | null, methods: string[]][] = [
      [`/tasks/${task.id}`, { title: 'by somebody else' }, ['PATCH', 'PUT', 'DELETE']],
      [`/projects/${project.id}`, { name: 'by somebody else' }, ['PATCH', 'PUT', 'DELETE']],
      [`/comments/${comment.id}`, { body: 'by somebody else' }, ['PATCH', 'DELETE']],
      [`/blog/posts/${post.id}`, { title: 'by somebody else' }, ['PATCH', 'DELETE']],
      [`/videos/${video.id}`, { title: 'by somebody else' }, ['PATCH', 'DELETE']],
      [`/blog/media/${file.id}`, null, ['DELETE']],
    ]
    for (const [path, change] of things) if (change) await expect(server.admin.rest('PATCH', path, change), 200)
    const socket = await ann.socket()
    const before = await fingerprint(server)
    const events = await eventsOf(server, async () => {
      for (const [path, change, methods] of things)
        for (const method of methods) {
          const body = method === 'DELETE' ? undefined : mine(change!)
          const stale = { 'if-match': change ? '"1"' : '"7"' }
          const answer = await ann.rest(method, path, body, stale)
          assert.deepEqual(presentIn(answer), change ?? {}, `${method} ${path}`)
        }
      const updates = { title: 'mine' }
      const ack = await socket.emitWithAck('task_update', { task_id: task.id, updates, version: 1 })
      assert.deepEqual([ack.ok, ack.error?.code], [false, 'version_conflict'])
      assert.equal(ack.error.details.current.title, 'by somebody else')
    })
    assert.deepEqual(events, [])
    assert.equal(await fingerprint(server), before)

    function mine(change: object) {
      return Object.fromEntries(Object.keys(change).map(name => [name, 'mine']))
    }
    /** What a refusal says of the present state, in the fields that somebody else has changed. */
    function presentIn(answer: Answer) {
      const { current } = refuses(answer, 'version_conflict').details as { current: Record<string, unknown> }
      return Object.fromEntries(Object.entries(current).filter(([, value]) => value === 'by somebody else'))
    }
  })
})
