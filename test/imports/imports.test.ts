import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Job, Task } from '../../contract/index.ts'
import { createImportJob } from '../../server/features/imports/import-job.ts'
import type { ImportDeps } from '../../server/features/imports/index.ts'
import type { FileStorage } from '../../server/ports/storage.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventsOf } from '../suites/event-log.ts'
import { importEnds, sample, sendImport } from '../suites/imports.ts'
import { filesOf } from '../suites/media.ts'

describe('importing tasks', function () {
  this.timeout(120_000)
  let server: TestServer
  let owner: Client
  let project: { id: number; slug: string }
  before(async () => {
    server = await startServer({ env: { IMPORT_MAX_MB: '2' } })
    owner = await server.user('owner')
  })
  after(() => server.close())
  beforeEach(async () => {
    project = (await expect(owner.rest('POST', '/projects', { name: 'Target' }), 201)).body
  })

  const send = (content: string | Uint8Array, options: Record<string, any> = {}) =>
    sendImport(server.url, owner.token, content, { project: project.slug, ...options })
  const run = async (content: string | Uint8Array, options: Record<string, any> = {}) => {
    const { status, body } = await send(content, options)
    assert.equal(status, 202, JSON.stringify(body))
    return importEnds(owner, body.data.id)
  }
  /** In the order of the board. */
  const tasks = async (): Promise<Task[]> =>
    (await owner.rest('GET', `/tasks?project=${project.id}&sort=position&page_size=100`)).body.results
  const ann = async () => (await server.query<{ id: number }>(`select id from users where username = 'ann'`))[0]?.id
  const makeAnn = async () => {
    if (!(await ann()))
      await server.rest('POST', '/auth/register', {
        email: 'ann@example.com',
        username: 'ann',
        name: 'Ann',
        password: 'correct horse 9',
      })
    const id = (await ann())!
    await expect(owner.rest('PUT', `/projects/${project.id}/members/${id}`, { role: 'viewer' }), 200)
    return id
  }

  it('[IM1] refuses people who may not write into the project, and keeps nothing of their file', async () => {
    const before = await filesOf(server)
    const stranger = await server.user('stranger')
    const csv = 'title\nmine\n'
    assert.equal((await sendImport(server.url, null, csv)).status, 401)
    const unseen = await sendImport(server.url, stranger.token, csv, { project: project.slug })
    assert.deepEqual([unseen.status, Object.keys(unseen.body.error.field_errors)], [400, ['project']])
    await expect(owner.rest('PATCH', `/projects/${project.id}`, { visibility: 'internal' }), 200)
    assert.equal((await sendImport(server.url, stranger.token, csv, { project: project.slug })).status, 403)
    await expect(owner.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
    assert.equal((await send(csv)).status, 409)
    assert.deepEqual(await filesOf(server), before)
    assert.deepEqual((await stranger.rest('GET', '/batch/status')).body.data.results, [])
  })

  it('[IM2] makes a task of each row, in order, each with its event and its activity', async () => {
    const id = await makeAnn()
    const rows = await sample('tasks.csv')
    const events = await eventsOf(server, async () => void (await run(rows)))
    const made = await tasks()
    assert.deepEqual(
      made.map(task => [
        task.title,
        task.description,
        task.status,
        task.priority,
        task.category,
        task.due_date,
        task.assignee_id,
      ]),
      [
        [
          'Write the "launch" post',
          'Two lines,\nwith a comma',
          'in_progress',
          'high',
          'Marketing',
          '2026-12-01T00:00:00.000Z',
          id,
        ],
        ['Fix login', '', 'todo', 'urgent', 'Bugs', '2026-12-02T08:30:00.000Z', null],
        ['Retire the old server', '', 'done', 'medium', null, null, null],
      ],
    )
    const created = events.filter(({ event }: any) => event === 'task_created')
    assert.deepEqual(
      created.map(({ payload }: any) => payload.task),
      made,
    )
    const { body } = await owner.rest('GET', `/projects/${project.id}/activity`)
    const reported = body.results.filter(({ event }: any) => event === 'task_created')
    assert.deepEqual([reported.length, reported[0].actor_id], [3, owner.person.id])
  })

  it('[IM20] finds an assignee by e-mail address only among people who share the project, and reveals nothing about others', async () => {
    const [member, reader] = [await server.user('colleague'), await server.user('reader')]
    await expect(owner.rest('PUT', `/projects/${project.id}/members/${member.person.id}`, { role: 'viewer' }), 200)
    await expect(owner.rest('PATCH', `/projects/${project.id}`, { visibility: 'internal' }), 200)
    const assignees = [member.email, reader.email, 'nobody@example.com', reader.person.username]
    const rows = ['title,assignee', ...assignees.map((name, nth) => `by address ${nth},${name}`)].join('\n')
    const outcome = async (client: Client, place: object) => {
      const { body } = await sendImport(server.url, client.token, rows, place)
      const { result } = await importEnds(client, body.data.id)
      const made = await server.query<{ assignee_id: number | null }>(
        `with made as (delete from tasks where title like 'by address %' returning assignee_id, title)
        select assignee_id from made order by title`,
      )
      return { warnings: result.warnings, assignees: made.map(task => task.assignee_id) }
    }

    const inProject = await outcome(owner, { project: project.slug })
    assert.deepEqual(inProject.assignees, [member.person.id, null, null, reader.person.id])
    const [unshared, unknown, ...more] = inProject.warnings
    assert.deepEqual([more, { ...unshared, line: 4 }], [[], unknown])
    const dry = await outcome(owner, { project: project.slug, dry_run: true })
    assert.deepEqual(dry.warnings, inProject.warnings)

    const without = await outcome(owner, {})
    assert.deepEqual(without.assignees, [null, null, null, reader.person.id])

    const byAdmin = await outcome(server.admin, { project: project.slug })
    assert.deepEqual(byAdmin.assignees, [member.person.id, reader.person.id, null, reader.person.id])
  })

  it('[IM3] reports what was made, and warns of what was left out', async () => {
    const job = await run(await sample('tasks.csv'))
    assert.deepEqual(
      [job.type, job.status, job.total_items, job.processed_items, job.failed_items],
      ['import_tasks', 'completed', 3, 3, 0],
    )
    assert.deepEqual([job.result.format, job.result.created, job.result.error_count], ['csv', 3, 0])
    assert.deepEqual(
      job.result.warnings.map(({ line, field }) => [line, field]),
      [
        [2, 'assignee'],
        [4, 'assignee'],
      ],
    )
  })

  it('[IM4] leaves out a bad row, reports line and reason, and imports the others', async () => {
    const rows = [
      'title,status,priority,due_date',
      'fine,todo,low,',
      ',todo,low,',
      'odd,whatever,low,tomorrow',
      `${'x'.repeat(501)},todo,low,`,
      'too many,todo,low,,x,y',
      'nul\u0000,todo,low,',
      'also fine,,,',
    ]
    const job = await run(rows.join('\r\n'))
    assert.deepEqual(
      job.result.errors.map(({ line, field }) => [line, field]),
      [
        [3, 'title'],
        [4, 'status'],
        [4, 'due_date'],
        [5, 'title'],
        [6, 'row'],
        [7, 'title'],
      ],
    )
    assert.deepEqual(
      [job.status, job.processed_items, job.failed_items, job.result.error_count],
      ['completed', 7, 5, 6],
    )
    assert.deepEqual(
      (await tasks()).map(({ title }) => title),
      ['fine', 'also fine'],
    )
  })

  it('[IM4] counts every fault and names the first thousand', async () => {
    const job = await run(`title,status\n${',todo\n'.repeat(1_100)}`)
    assert.deepEqual([job.result.error_count, job.result.errors.length, job.failed_items], [1_100, 1_000, 1_100])
  })

  it('[IM5] changes nothing in a dry run, and reports the same', async () => {
    const rows = 'title,status\ngood,todo\n,todo\n'
    const events = await eventsOf(server, async () => {
      const job = await run(rows, { dry_run: true })
      assert.deepEqual([job.result.dry_run, job.result.created, job.result.error_count], [true, 1, 1])
    })
    assert.deepEqual(
      events.filter(({ event }: any) => event.startsWith('task_')),
      [],
    )
    assert.deepEqual(await tasks(), [])
  })

  it('[IM6] reads JSON and NDJSON', async () => {
    const one = { title: 'one', priority: 'High', project: 'elsewhere' }
    const job = await run(JSON.stringify([one, { title: 'two' }, 3, { title: 'three' }], null, 2), {
      name: 'tasks.json',
    })
    assert.deepEqual([job.result.format, job.result.created], ['json', 3])
    assert.deepEqual(job.result.errors, [{ line: 10, field: 'row', message: 'must be an object' }])
    assert.deepEqual(
      job.result.warnings.map(({ line, field }) => [line, field]),
      [[2, 'project']],
    )
    const lines = await run('{"title":"four"}\n\nnonsense\n{"title":"five"}', { name: 'tasks.ndjson' })
    assert.deepEqual([lines.result.format, lines.result.created, lines.result.errors[0]!.line], ['ndjson', 2, 3])
    assert.deepEqual(
      (await tasks()).map(({ title }) => title),
      ['one', 'two', 'three', 'four', 'five'],
    )
  })

  const whatWasRead = (task: Task) => [
    task.title,
    task.status,
    task.priority,
    task.category,
    task.due_date,
    task.assignee_id,
  ]

  it('[IM7] reads a board of Trello', async () => {
    const id = await makeAnn()
    const job = await run(await sample('trello.json'), { name: 'board.json' })
    assert.deepEqual([job.result.format, job.result.created, job.result.warning_count], ['trello', 4, 1])
    assert.deepEqual(job.result.left_out, [{ kind: 'members', count: 1, tasks: 1 }])
    assert.deepEqual((await tasks()).map(whatWasRead), [
      ['Draft the press release', 'in_progress', 'urgent', 'Doing', '2026-12-05T17:00:00.000Z', id],
      ['Book the venue', 'done', 'medium', 'Done', null, null],
      ['Print flyers', 'cancelled', 'medium', 'To Do', null, null],
      ['Name the mascot', 'todo', 'medium', 'Wild thoughts', null, null],
    ])
  })

  it('[IM7] reads issues of GitHub, without its pull requests', async () => {
    const id = await makeAnn()
    const job = await run(await sample('github.json'), { name: 'issues.json' })
    assert.deepEqual([job.result.format, job.result.created, job.result.warning_count], ['github', 3, 2])
    assert.deepEqual(job.result.left_out, [{ kind: 'milestones', count: 1, tasks: 1 }])
    assert.deepEqual((await tasks()).map(whatWasRead), [
      ['Crash when saving', 'in_progress', 'high', 'bug', '2026-12-31T08:00:00.000Z', id],
      ['Rewrite in Rust', 'cancelled', 'medium', null, null, null],
      ['Ship it', 'done', 'medium', 'enhancement', null, null],
    ])
  })

  it('[IM7] reads issues of Jira', async () => {
    const id = await makeAnn()
    const job = await run(await sample('jira.csv'))
    assert.deepEqual([job.result.format, job.result.created], ['jira', 3])
    assert.deepEqual(
      job.result.warnings.map(({ line, field }) => [line, field]),
      [
        [2, 'labels'],
        [5, 'status'],
        [5, 'assignee'],
      ],
    )
    assert.deepEqual(
      job.result.left_out.map(({ kind, count }) => [kind, count]),
      [
        ['issue key', 3],
        ['issue id', 3],
        ['project key', 3],
        ['labels', 2],
      ],
    )
    assert.deepEqual((await tasks()).map(whatWasRead), [
      ['Support dark mode', 'in_progress', 'urgent', 'Story', '2026-12-12T14:30:00.000Z', id],
      ['Typo on the front page', 'done', 'low', 'Bug', '2026-12-01T00:00:00.000Z', null],
      ['Think about billing', 'todo', 'medium', 'Epic', null, null],
    ])
  })

  it('[IM8] reads UTF-8 with a byte order mark, UTF-16, and the separators of other countries', async () => {
    const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
    for (const content of [
      Buffer.from('\ufefftitle\nprix\n'),
      utf16('title;status\n"größer; gleich";done\n'),
      utf16('title\tstatus\nänderung\tdone\n').swap16(),
    ])
      assert.equal((await run(content)).result.created, 1)
    assert.deepEqual(
      (await tasks()).map(({ title }) => title),
      ['prix', 'größer; gleich', 'änderung'],
    )
  })

  it('[IM9] refuses unreadable files at once (attack 93)', async () => {
    const before = await filesOf(server)
    assert.equal((await send(gzipSync('title\n'))).status, 415)
    assert.equal((await send(Buffer.from('title\nno mark\n', 'utf16le'))).status, 415)
    assert.equal((await send('')).status, 400)
    const unknown = await send('what is this', { name: 'notes.txt' })
    assert.deepEqual([unknown.status, Object.keys(unknown.body.error.field_errors)], [400, ['format']])
    const large = await send(`title\n${'x'.repeat(3 * 1024 * 1024)}`)
    assert.deepEqual([large.status, Object.keys(large.body.error.field_errors)], [413, ['file']])
    const fields = await send('title\n', { colour: 'red', dry_run: 'perhaps' })
    assert.deepEqual(Object.keys(fields.body.error.field_errors).sort(), ['colour', 'dry_run'])
    assert.equal((await owner.rest('POST', '/import/tasks', { project: project.slug })).status, 415)
    assert.deepEqual(await filesOf(server), before)
  })

  it('[IM10] makes no task of a file that cannot be read to its end', async () => {
    const fails = async (content: string | Uint8Array, options: object, reason: RegExp) => {
      const job = await run(content, options)
      assert.equal(job.status, 'failed')
      assert.match(job.error!, reason)
    }
    await fails('[{"title":"one"},{"title":"two"}', { name: 'a.json' }, /line 1: it ends in the middle/)
    await fails('title\none\n"two\nthree\n', {}, /a quotation is not closed/)
    await fails('colour\none\n', {}, /`title`/)
    await fails('title,title\none,two\n', {}, /twice/)
    await fails(Buffer.concat([Buffer.from('title\none\n'), Buffer.from([0xff, 0xfe, 0x41])]), {}, /UTF-8/)
    assert.deepEqual(await tasks(), [])
  })

  it('[IM11] refuses a row that is too deep, too large or gives a field twice, as that row (attack 93)', async () => {
    const rows = [
      '{"title":"fine"}',
      `{"title":"deep","x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      `{"title":"large","x":"${'x'.repeat(1024 * 1024)}"}`,
      '{"title":"one","title":"two"}',
      '{"title":"poison","__proto__":{"x":1}}',
      '{"title":"escaped \\"quotes\\" : {[,"}',
    ]
    const expected = ['fine', 'escaped "quotes" : {[,']
    for (const [content, name] of [
      [rows.join('\n'), 'rows.ndjson'],
      [`[\n${rows.join(',\n')}\n]`, 'rows.json'],
    ]) {
      const job = await run(content!, { name })
      const at = name === 'rows.json' ? 1 : 0
      assert.deepEqual(
        job.result.errors.map(({ line }) => line - at),
        [2, 3, 4, 5],
      )
      assert.equal(job.result.created, 2)
    }
    assert.deepEqual(
      (await tasks()).map(({ title }) => title),
      [...expected, ...expected],
    )
  })

  it('[IM12] stops when the right to write into the project ends, and keeps what was done', async () => {
    const editor = await server.user('editor')
    await expect(owner.rest('PUT', `/projects/${project.id}/members/${editor.person.id}`, { role: 'editor' }), 200)
    const rows = `title\n${Array.from({ length: 3_000 }, (_, nth) => `row ${nth}`).join('\n')}`
    const { body } = await sendImport(server.url, editor.token, rows, { project: project.slug })
    await eventually(
      async () => {
        const [row] = await server.query<{ done: number }>('select processed_items as done from jobs where id = $1', [
          body.data.id,
        ])
        assert.ok(row!.done > 0)
      },
      { every: 2 },
    )
    await server.query('delete from project_members where user_id = $1', [editor.person.id])
    const job = await importEnds(editor, body.data.id)
    assert.deepEqual([job.status, job.error], ['failed', 'The project is gone, or you may not see it any more.'])
    assert.ok(job.processed_items > 0 && job.processed_items < 3_000)
    const [row] = await server.query<{ count: number }>('select count(*) from tasks where project_id = $1', [
      project.id,
    ])
    assert.deepEqual([row!.count, job.result.created], [job.processed_items, job.processed_items])
  })

  it('[IM13] makes tasks without a project when none is given', async () => {
    const { body } = await sendImport(server.url, owner.token, 'title\nfree\n')
    const job = await importEnds(owner, body.data.id)
    assert.equal(job.result.created, 1)
    const [task] = await server.query<{ project_id: null }>(`select project_id from tasks where title = 'free'`)
    assert.equal(task!.project_id, null)
  })

  it('[IM14] starts once for one Idempotency-Key, and keeps no file after its end', async () => {
    const headers = { 'Idempotency-Key': 'import-1' }
    const [first, second] = [await send('title\nonce\n', { headers }), await send('title\nonce\n', { headers })]
    assert.deepEqual([first.status, second.status, second.body.data.id], [202, 202, first.body.data.id])
    assert.equal((await send('title\ntwice\n', { headers })).status, 422)
    await importEnds(owner, first.body.data.id)
    assert.equal((await tasks()).length, 1)
    const failed = await server.query(`select from jobs where status = 'failed'`)
    assert.ok(failed.length > 0)
    await eventually(async () => assert.deepEqual(await filesOf(server), []))
  })

  it('[IM14] keeps the file of an import that failed for a reason that may pass', async () => {
    const deleted: string[] = []
    const storage = { delete: async (keys: string[]) => void deleted.push(...keys) } as unknown as FileStorage
    const { ended } = createImportJob({ storage } as unknown as ImportDeps)
    const input = { key: 'im/1', format: 'csv' as const, project_id: null, dry_run: false }
    await ended!({ status: 'failed' } as Job, input, true)
    assert.deepEqual(deleted, [])
    await ended!({ status: 'failed' } as Job, input, false)
    assert.deepEqual(deleted, ['im/1'])
  })

  it('[IM19] reports only the beginning of the name of an unknown column', async () => {
    const job = await run(`title,${'c'.repeat(5_000)}\na,b\n`)
    assert.deepEqual(
      job.result.warnings.map(({ field }) => field),
      ['c'.repeat(100)],
    )
  })

  it('[JB22] imports a short file while ten long ones of another person wait or run', async () => {
    const [busy, other] = [await server.user('busy'), await server.user('other')]
    const long = `title\n${'a\n'.repeat(100_000)}`
    const begun: number[] = []
    for (let nth = 0; nth < 10; nth++) begun.push((await sendImport(server.url, busy.token, long)).body.data.id)
    const { body } = await sendImport(server.url, other.token, 'title\na\n')
    assert.equal((await importEnds(other, body.data.id)).result.created, 1)
    const left = await busy.rest('GET', '/batch/status?status=queued&status=running')
    assert.equal(left.body.data.count, 10)
    for (const id of begun) await busy.rest('POST', '/batch/cancel', { id })
  })

  it('[IM18] lets ten imports of one person wait, and refuses the file of an eleventh unread', async () => {
    const busy = await server.user('busy')
    const waiting = (count: number) =>
      server.query(
        `insert into jobs (type, input, created_by, created_at)
        select 'import_tasks', '{}', $1, now() from generate_series(1, $2::int)`,
        [busy.person.id, count],
      )
    await waiting(9)
    const last = await sendImport(server.url, busy.token, 'title\nlast\n')
    await importEnds(busy, last.body.data.id)
    await waiting(1)
    // The content is not examined: it would be refused for another reason.
    const refused = await sendImport(server.url, busy.token, gzipSync('title\n'))
    assert.deepEqual([refused.status, refused.body.error.code], [429, 'rate_limited'])
    const again = await sendImport(server.url, busy.token, 'title\n', { headers: { 'Idempotency-Key': 'eleventh' } })
    assert.equal(again.status, 429)
    await server.query('delete from jobs where created_by = $1', [busy.person.id])
  })
})
