import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('comments', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let eve: Client
  let project: any
  let task: any
  before(async () => {
    server = await startServer()
    ;[ann, bob, eve] = [await server.user('ann'), await server.user('bob'), await server.user('eve')]
    project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    task = await addTask(ann, { project: project.id, title: 'Paint the shed' })
  })
  after(() => server.close())

  const write = (client: Client, body: string, on = task) => created(client, `/tasks/${on.id}/comments`, { body })
  const list = async (client: Client, query = '', on = task) =>
    (await expect(client.rest('GET', `/tasks/${on.id}/comments${query}`), 200)).body

  it('[CM1] answers 404 for the comments of a task that the caller may not see, as for a task that does not exist', async () => {
    const [unseen, none] = await Promise.all(
      [task.id, 999_999].map(id => eve.rest('POST', `/tasks/${id}/comments`, { body: 'x' })),
    )
    refuses(unseen!, 'not_found')
    assert.deepEqual(masked(unseen!), masked(none!))
    refuses(await eve.rest('GET', `/tasks/${task.id}/comments`), 'not_found')
    const { id } = await write(ann, 'secret')
    for (const method of ['PATCH', 'DELETE'])
      refuses(await eve.rest(method, `/comments/${id}`, method === 'PATCH' ? { body: 'x' } : undefined), 'not_found')
  })

  it('[CM2] lets a viewer write a comment, and sends it to everybody in the project', async () => {
    const [reported] = await eventsOf(server, () => write(bob, 'Which **colour**?'))
    assert.deepEqual([reported!.event, reported!.scope], ['comment_created', `p${project.id}`])
    assert.equal(reported!.payload.task_id, task.id)
    assert.equal(reported!.payload.comment.author_id, bob.person.id)
    assert.equal(reported!.payload.comment.body, 'Which **colour**?')
  })

  it('[CM2] refuses a comment by somebody who only reads an internal project', async () => {
    const open = await addProject(ann, { visibility: 'internal' })
    const seen = await addTask(ann, { project: open.id })
    assert.deepEqual((await list(eve, '', seen)).results, [])
    refuses(await eve.rest('POST', `/tasks/${seen.id}/comments`, { body: 'x' }), 'forbidden')
  })

  it('[CM2] refuses comments in an archived project, and lets everybody comment on a task without a project', async () => {
    const old = await addProject(ann)
    const kept = await addTask(ann, { project: old.id })
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    refuses(await ann.rest('POST', `/tasks/${kept.id}/comments`, { body: 'x' }), 'conflict')
    assert.equal((await write(eve, 'hello', await addTask(ann))).author_id, eve.person.id)
  })

  it('[CM3] lets its author change a comment, by its version, and records no event when nothing changes', async () => {
    const comment = await write(bob, 'first')
    const [reported] = await eventsOf(server, () =>
      expect(bob.rest('PATCH', `/comments/${comment.id}`, { body: 'second' }, { 'if-match': '"1"' }), 200),
    )
    assert.deepEqual(
      [reported!.event, reported!.payload.changed, reported!.payload.comment.version],
      ['comment_updated', ['body'], 2],
    )
    const stale = await bob.rest('PATCH', `/comments/${comment.id}`, { body: 'third' }, { 'if-match': '"1"' })
    assert.equal((refuses(stale, 'version_conflict').details as any).current.body, 'second')
    const nothing = () => expect(bob.rest('PATCH', `/comments/${comment.id}`, { body: 'second' }), 200)
    assert.deepEqual(await eventsOf(server, nothing), [])
  })

  it('[CM3] lets owners of the project and administrators change a comment, and nobody else', async () => {
    const comment = await write(bob, 'of bob')
    const carl = await server.user('carl')
    await addMember(ann, project, carl, 'editor')
    refuses(await carl.rest('PATCH', `/comments/${comment.id}`, { body: 'x' }), 'forbidden')
    refuses(await carl.rest('DELETE', `/comments/${comment.id}`), 'forbidden')
    await expect(ann.rest('PATCH', `/comments/${comment.id}`, { body: 'moderated' }), 200)
    const [reported] = await eventsOf(server, () => expect(server.admin.rest('DELETE', `/comments/${comment.id}`), 204))
    assert.deepEqual(reported!.payload, {
      comment_id: comment.id,
      task_id: task.id,
      version: 3,
      deleted_by: server.admin.person.id,
    })
    refuses(await bob.rest('PATCH', `/comments/${comment.id}`, { body: 'x' }), 'not_found')
  })

  it('[CM4] lists comments newest first or oldest first, by page and by cursor', async () => {
    const on = await addTask(ann)
    for (const body of ['1', '2', '3', '4', '5']) await write(ann, body, on)
    const bodies = (page: any) => page.results.map(({ body }: any) => body)
    const first = await list(eve, '?page_size=2', on)
    assert.deepEqual([first.count, bodies(first)], [5, ['5', '4']])
    const seen: string[] = []
    let next: string | null = '?cursor=&page_size=2&sort=created_at'
    while (next) {
      const page: any = await list(eve, next, on)
      seen.push(...bodies(page))
      next = page.next && `?${page.next.split('?')[1]}`
    }
    assert.deepEqual(seen, ['1', '2', '3', '4', '5'])
  })

  for (const body of [undefined, '', '  ', 'x'.repeat(20_001), 5, 'a\u0000b']) {
    it(`[BI1] refuses ${JSON.stringify(body)?.slice(0, 20)} as a comment`, async () => {
      refuses(await ann.rest('POST', `/tasks/${task.id}/comments`, { body }), 'validation_error', ['body'])
    })
  }

  describe('mentions', () => {
    const mentions = async (body: string, on = task): Promise<number[]> => (await write(ann, body, on)).mentions
    const name = (client: Client) => client.person.username

    it('[CM5] finds people who may read the task by username, in any case', async () => {
      assert.deepEqual(await mentions(`@${name(bob).toUpperCase()}, look; and @${name(bob)}.`), [bob.person.id])
      assert.deepEqual(await mentions(`@${name(eve)} cannot see this`), [])
      assert.deepEqual(await mentions(`@${name(eve)}`, await addTask(ann)), [eve.person.id])
    })

    it('[CM5] ignores text that only looks like a mention', async () => {
      const at = `@${name(bob)}`
      for (const text of [`mail${at}`, `\`${at}\``, `\`\`\`\n${at}\n\`\`\``, `@${at}x`, `/${at}`])
        assert.deepEqual(await mentions(text), [], text)
    })

    it('[CM5] finds mentions as the page shows them: not in a link, but after three backticks in a sentence', async () => {
      const at = `@${name(bob)}`
      for (const text of [
        `[${at}](https://a.example)`,
        `https://a.example/${at}`,
        `- one\n\n      ${at}`,
        `\`\` \` ${at} \`\``,
      ])
        assert.deepEqual(await mentions(text), [], text)
      for (const text of [`three \`\`\` ticks, ${at}`, `> - [ ] **${at}**`, `|a|\n|-|\n|${at}|`, `&#64;${name(bob)}`])
        assert.deepEqual(await mentions(text), [bob.person.id], text)
    })

    it('[CM6] notifies each mentioned person once, and not the author', async () => {
      const events = await eventsOf(server, () => write(ann, `@${name(bob)} @${name(bob)} @${name(ann)}`))
      const reported = events.filter(({ event }) => event === 'notification')
      assert.deepEqual(
        reported.map(({ scope, payload }) => [scope, payload.type, payload.data.task_id]),
        [[`u${bob.person.id}`, 'mention', task.id]],
      )
      assert.match(reported[0]!.payload.message, /mentioned you in “Paint the shed”/)
    })

    it('[CM6] does not notify again when a name is removed from a comment and put back', async () => {
      const { id } = await write(ann, `@${name(bob)}`)
      const events = await eventsOf(server, async () => {
        for (const body of ['nobody', `@${name(bob)} again`])
          await expect(ann.rest('PATCH', `/comments/${id}`, { body }), 200)
      })
      assert.deepEqual(
        events.map(({ event }) => event),
        ['comment_updated', 'comment_updated'],
      )
    })

    it('[CM6] notifies only the people whom a change of the comment newly mentions', async () => {
      const { id } = await write(ann, `@${name(bob)}`)
      const carl = await server.user('carl')
      await addMember(ann, project, carl, 'viewer')
      const events = await eventsOf(server, () =>
        expect(ann.rest('PATCH', `/comments/${id}`, { body: `@${name(bob)} @${name(carl)}` }), 200),
      )
      const reported = events.filter(({ event }) => event === 'notification')
      assert.deepEqual(
        reported.map(({ scope }) => scope),
        [`u${carl.person.id}`],
      )
    })
  })
})
