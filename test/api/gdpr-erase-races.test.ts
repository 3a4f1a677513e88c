import assert from 'node:assert/strict'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { tracesOf } from '../suites/traces.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { waitingForLocks } from '../support/lock-waits.ts'
import { type Answer, type Client, expect, password, startServer, type TestServer } from '../support/server.ts'

const heldLock = 4_711

describe('an erasure, and commands that began before it', function () {
  this.timeout(120_000)
  let server: TestServer
  let [ann, zoe]: Client[] = []
  let project: any
  let holder: Connection
  before(async () => {
    server = await startServer()
    await server.query(`
      create function wait_for_the_test() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(${heldLock}); return new; end $$`)
    for (const table of ['posts', 'comments', 'tasks', 'project_members', 'api_keys'])
      await server.query(`
        create trigger wait_for_the_test before insert or update on ${table} for each row execute function wait_for_the_test()`)
  })
  after(() => server.close())
  beforeEach(async () => {
    ;[ann, zoe] = [await server.user('ann'), await server.user('zoequux')]
    project = await addProject(ann, { visibility: 'internal' })
    holder = await openConnection(server.databaseUrl)
  })

  const waiting = (count: number) =>
    eventually(
      async () => {
        assert.equal((await waitingForLocks(server)).length, count)
      },
      { within: 10_000 },
    )
  const begin = async (): Promise<number> =>
    (await expect(zoe!.rest('POST', '/gdpr/erase', { password }), 202)).body.data.id
  const ended = async (id: number) => {
    const { data } = (await expect(server.admin.rest('GET', `/batch/status?id=${id}`), 200)).body
    assert.equal(data.status, 'completed', JSON.stringify(data))
  }
  const endsErasure = (id: number) => eventually(() => ended(id), { within: 30_000 })

  /** Holds a call before it writes its first row, begins an erasure, which waits for it, and lets both end. */
  async function eraseDuring(call: () => Promise<Answer>): Promise<Answer> {
    await holder.query('select pg_advisory_lock($1)', [heldLock])
    const called = call()
    await waiting(1)
    const job = await begin()
    await Promise.any([waiting(2), endsErasure(job)])
    await holder.query('select pg_advisory_unlock_all()')
    const answer = await called
    await endsErasure(job)
    return answer
  }

  it('[GD14] waits for what the person does: nothing of it comes after the erasure', async () => {
    const draft = { title: 'Zoe Quux thinks', body: 'secretly', status: 'draft' }
    assert.equal((await eraseDuring(() => zoe!.rest('POST', '/blog/posts', draft))).status, 201)
    await eventually(async () => assert.deepEqual(await tracesOf(server, ['Zoe Quux', 'secretly', 'zoequux']), []))
  })

  it('[GD14] waits for what their API keys do', async () => {
    const key = await programOf(server, zoe!, ['posts:write'])
    const draft = { title: 'Zoe Quux thinks', body: 'secretly', status: 'draft' }
    assert.equal((await eraseDuring(() => key.rest('POST', '/blog/posts', draft))).status, 201)
    await eventually(async () => assert.deepEqual(await tracesOf(server, ['Zoe Quux', 'secretly', 'zoequux']), []))
  })

  it('[GD14] waits for changes that record no event', async () => {
    const made = () => zoe!.rest('POST', '/api-keys', { name: 'of zoequux', permissions: ['tasks:read'] })
    assert.equal((await eraseDuring(made)).status, 201)
    assert.deepEqual(await server.query('select from api_keys where user_id = $1', [zoe!.person.id]), [])
  })

  it('[GD14] waits for others who are just mentioning, assigning or adding the person', async () => {
    const task = await addTask(ann!, { title: 'of ann', project: project.id })
    const [id, name] = [zoe!.person.id, zoe!.person.username]
    await eraseDuring(() => ann!.rest('POST', `/tasks/${task.id}/comments`, { body: `ask @${name}` }))
    const [comment] = (await expect(ann!.rest('GET', `/tasks/${task.id}/comments`), 200)).body.results
    assert.deepEqual([comment.body, comment.mentions], ['ask Deleted user', []])
    await eventually(async () => assert.deepEqual(await tracesOf(server, [name]), []))
    assert.deepEqual(
      await server.query("select from notifications where user_id = $1 and type <> 'job_finished'", [id]),
      [],
    )

    zoe = await server.user('zoequux')
    const given = { assignee_id: zoe.person.id }
    assert.equal((await eraseDuring(() => ann!.rest('PATCH', `/tasks/${task.id}`, given))).status, 200)
    assert.equal((await expect(ann!.rest('GET', `/tasks/${task.id}`), 200)).body.assignee_id, null)

    zoe = await server.user('zoequux')
    const path = `/projects/${project.id}/members/${zoe.person.id}`
    assert.equal((await eraseDuring(() => ann!.rest('PUT', path, { role: 'viewer' }))).status, 200)
    assert.deepEqual(await server.query('select from project_members where user_id = $1', [zoe.person.id]), [])
  })

  it('[GD14] is answered while a command is held, and then nothing begins and nobody else waits', async () => {
    const promoted = await server.user('promoted')
    await expect(server.admin.rest('PUT', `/admin/users/${promoted.person.id}`, { role: 'admin' }), 200)
    const member = `/projects/${project.id}/members/${zoe!.person.id}`
    await holder.query('select pg_advisory_lock($1)', [heldLock])
    const held = zoe!.rest('POST', '/blog/posts', { title: 'Zoe Quux thinks', body: 'secretly', status: 'draft' })
    await waiting(1)
    const job = await begin()
    await waiting(2)
    refuses(await zoe!.rest('POST', '/tasks', { title: 'overtaken' }), 'account_disabled')
    refuses(await ann!.rest('PUT', member, { role: 'viewer' }), 'not_found')
    await expect(promoted.rest('PATCH', '/auth/me', { name: 'renamed' }), 200)
    await expect(server.admin.rest('PATCH', `/admin/users/${promoted.person.id}/toggle-active`, {}), 200)
    await waiting(2)
    await holder.query('select pg_advisory_unlock_all()')
    await expect(held, 201)
    await endsErasure(job)
    await eventually(async () => assert.deepEqual(await tracesOf(server, ['Zoe Quux', 'secretly', 'overtaken']), []))
  })

  it('[GD14] cancels the jobs of commands that it has waited for', async () => {
    // The export does not begin, so it is there to be cancelled.
    await server.query(`
      create table job_ends (type text, status text);
      create function note_job_end() returns trigger language plpgsql security definer as $$
      begin
        if new.status = 'running' then return null; end if;
        insert into job_ends values (new.type, new.status);
        return new;
      end $$;
      create trigger note_job_end before update on jobs
        for each row when (new.type = 'export') execute function note_job_end();
      create trigger wait_for_the_test before insert on jobs
        for each row when (new.type = 'export') execute function wait_for_the_test()`)
    await holder.query('select pg_advisory_lock($1)', [heldLock])
    const exporting = zoe!.rest('POST', '/export/data', { type: 'tasks', format: 'csv' })
    await waiting(1)
    // Jobs of one person are enqueued one after the other.
    const erasing = begin()
    await waiting(2)
    await holder.query('select pg_advisory_unlock_all()')
    await expect(exporting, 202)
    await endsErasure(await erasing)
    assert.deepEqual(await server.query('select * from job_ends'), [{ type: 'export', status: 'cancelled' }])
  })

  it('[GD14] refuses what comes while the account is being closed', async () => {
    await addMember(ann!, project, zoe!, 'editor')
    const { id } = await addTask(zoe!, { title: 'before', project: project.id })
    const key = await programOf(server, zoe!, ['tasks:write'])
    const kept = { 'idempotency-key': 'the same' }
    await expect(zoe!.rest('POST', '/tasks', { title: 'kept', project: project.id }, kept), 201)
    const task = { title: 'overtaken', project: project.id }
    const rounds = [
      [
        () => zoe!.rest('POST', '/tasks', task),
        () => zoe!.rest('POST', '/tasks', { title: 'kept', project: project.id }, kept),
        () => zoe!.rest('PATCH', `/tasks/${id}`, { title: 'overtaken' }),
      ],
      [() => zoe!.rest('PATCH', '/auth/me', { name: 'overtaken' }), () => key.rest('POST', '/tasks', task)],
    ]
    for (const calls of rounds) {
      // The erasure, as it makes sure that no command holds the account open.
      await holder.query('begin')
      await holder.query('select from users where id = $1 for update', [zoe!.person.id])
      const answers = calls.map(call => call())
      const assigned = ann!.rest('POST', '/tasks', { ...task, title: 'given', assignee_id: zoe!.person.id })
      await waiting(calls.length + 1)
      await holder.query('update users set is_active = false where id = $1', [zoe!.person.id])
      await holder.query('commit')
      for (const answer of answers) refuses(await answer, 'account_disabled')
      refuses(await assigned, 'validation_error', ['assignee_id'])
      await server.query('update users set is_active = true where id = $1', [zoe!.person.id])
    }
    assert.deepEqual(await tracesOf(server, ['overtaken']), [])
  })
})
