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

  it('[CM1] of a task that one may not see there are none, as if there were no task', async () => {
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

  it('[CM2] a viewer writes one, and everybody in the project is told', async () => {
    const [told] = await eventsOf(server, () => write(bob, 'Which **colour**?'))
    assert.deepEqual([told!.event, told!.scope], ['comment_created', `p${project.id}`])
    assert.equal(told!.payload.task_id, task.id)
    assert.equal(told!.payload.comment.author_id, bob.person.id)
    assert.equal(told!.payload.comment.body, 'Which **colour**?')
  })

  it('[CM2] who only reads an internal project does not write in it', async () => {
    const open = await addProject(ann, { visibility: 'internal' })
    const seen = await addTask(ann, { project: open.id })
    assert.deepEqual((await list(eve, '', seen)).results, [])
    refuses(await eve.rest('POST', `/tasks/${seen.id}/comments`, { body: 'x' }), 'forbidden')
  })

  it('[CM2] in an archived project nobody writes, and a task without a project is for everybody', async () => {
    const old = await addProject(ann)
    const kept = await addTask(ann, { project: old.id })
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    refuses(await ann.rest('POST', `/tasks/${kept.id}/comments`, { body: 'x' }), 'conflict')
    assert.equal((await write(eve, 'hello', await addTask(ann))).author_id, eve.person.id)
  })

  it('[CM3] its author changes it, with its version; nothing changed is no event', async () => {
    const comment = await write(bob, 'first')
    const [told] = await eventsOf(server, () =>
      expect(bob.rest('PATCH', `/comments/${comment.id}`, { body: 'second' }, { 'if-match': '"1"' }), 200),
    )
    assert.deepEqual(
      [told!.event, told!.payload.changed, told!.payload.comment.version],
      ['comment_updated', ['body'], 2],
    )
    const stale = await bob.rest('PATCH', `/comments/${comment.id}`, { body: 'third' }, { 'if-match': '"1"' })
    assert.equal((refuses(stale, 'version_conflict').details as any).current.body, 'second')
    const nothing = () => expect(bob.rest('PATCH', `/comments/${comment.id}`, { body: 'second' }), 200)
    assert.deepEqual(await eventsOf(server, nothing), [])
  })

  it('[CM3] so do owners of the project and administrators, and nobody else', async () => {
    const comment = await write(bob, 'of bob')
    const carl = await server.user('carl')
    await addMember(ann, project, carl, 'editor')
    refuses(await carl.rest('PATCH', `/comments/${comment.id}`, { body: 'x' }), 'forbidden')
    refuses(await carl.rest('DELETE', `/comments/${comment.id}`), 'forbidden')
    await expect(ann.rest('PATCH', `/comments/${comment.id}`, { body: 'moderated' }), 200)
    const [told] = await eventsOf(server, () => expect(server.admin.rest('DELETE', `/comments/${comment.id}`), 204))
    assert.deepEqual(told!.payload, {
      comment_id: comment.id,
      task_id: task.id,
      version: 3,
      deleted_by: server.admin.person.id,
    })
    refuses(await bob.rest('PATCH', `/comments/${comment.id}`, { body: 'x' }), 'not_found')
  })

  it('[CM4] they come newest first, a page or a cursor at a time, or oldest first', async () => {
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
    it(`[BI1] ${JSON.stringify(body)?.slice(0, 20)} is no comment`, async () => {
      refuses(await ann.rest('POST', `/tasks/${task.id}/comments`, { body }), 'validation_error', ['body'])
    })
  }

  describe('mentions', () => {
    const mentions = async (body: string, on = task): Promise<number[]> => (await write(ann, body, on)).mentions
    const name = (client: Client) => client.person.username

    it('[CM5] are people who may read the task, by username, whatever its case', async () => {
      assert.deepEqual(await mentions(`@${name(bob).toUpperCase()}, look; and @${name(bob)}.`), [bob.person.id])
      assert.deepEqual(await mentions(`@${name(eve)} cannot see this`), [])
      assert.deepEqual(await mentions(`@${name(eve)}`, await addTask(ann)), [eve.person.id])
    })

    it('[CM5] are not what only looks like one', async () => {
      const at = `@${name(bob)}`
      for (const text of [`mail${at}`, `\`${at}\``, `\`\`\`\n${at}\n\`\`\``, `@${at}x`, `/${at}`])
        assert.deepEqual(await mentions(text), [], text)
    })

    it('[CM5] are found as the page shows them: not in a link, and behind three ticks in a sentence', async () => {
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

    it('[CM6] are told to whom they mean, once, and not to the author', async () => {
      const events = await eventsOf(server, () => write(ann, `@${name(bob)} @${name(bob)} @${name(ann)}`))
      const told = events.filter(({ event }) => event === 'notification')
      assert.deepEqual(
        told.map(({ scope, payload }) => [scope, payload.type, payload.data.task_id]),
        [[`u${bob.person.id}`, 'mention', task.id]],
      )
      assert.match(told[0]!.payload.message, /mentioned you in “Paint the shed”/)
    })

    it('[CM6] whose name is taken out of a comment and put in again is not told again', async () => {
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

    it('[CM6] when a comment is changed, only those who are new in it are told', async () => {
      const { id } = await write(ann, `@${name(bob)}`)
      const carl = await server.user('carl')
      await addMember(ann, project, carl, 'viewer')
      const events = await eventsOf(server, () =>
        expect(ann.rest('PATCH', `/comments/${id}`, { body: `@${name(bob)} @${name(carl)}` }), 200),
      )
      const told = events.filter(({ event }) => event === 'notification')
      assert.deepEqual(
        told.map(({ scope }) => scope),
        [`u${carl.person.id}`],
      )
    })
  })
})
