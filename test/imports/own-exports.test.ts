import assert from 'node:assert/strict'
import { limits } from '../../contract/index.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask } from '../suites/answers.ts'
import { exported, exportedRows } from '../suites/exports.ts'
import { importEnds, sendImport } from '../suites/imports.ts'

const hard = [
  '=1+1',
  "'=1+1",
  "''@cmd",
  '+49 30 1234',
  '- a list',
  '\uff0bfull',
  '\t=tab',
  '\r=return',
  '\n=line',
  '007',
  '1e5',
  'true',
  '2026-01-02',
  'say "hi", then; go | away',
  'two\nlines\r\nand a third\rfourth',
  '  spaces around  ',
  '👩‍👩‍👧‍👦 🏳️‍🌈',
  'שלום \u202eעולם\u202c مرحبا',
  "O'Brien",
  '\\n \\" \\u0041',
  '{"title": "no"}',
  '# no comment // either',
  'null',
  '\u0001\u001f\u2028\u2029\ufeff inside',
]

describe('what our own export writes', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let from: any
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    from = await addProject(ann, { name: 'From' })
    await addMember(ann, from, bob, 'editor')
    for (const [nth, text] of hard.entries())
      await addTask(ann, {
        title: text,
        description: `${text}\n${text}`,
        category: text.slice(0, limits.category),
        project: from.id,
        status: ['todo', 'in_progress', 'review', 'done', 'cancelled'][nth % 5],
        priority: ['low', 'medium', 'high', 'urgent'][nth % 4],
        due_date: nth % 3 === 0 ? null : `${nth % 2 === 0 ? '0001' : '2026'}-02-03T04:05:06.${100 + nth}Z`,
        assignee_id: nth % 2 === 0 ? bob.person.id : null,
      })
    await addTask(ann, { title: 'x'.repeat(limits.title), description: '=😀'.repeat(16_666), project: from.id })
    const bare = await addTask(ann, { title: 'bare, and first', project: from.id })
    const [{ id }] = (await expect(ann.rest('GET', `/tasks?project=${from.id}&sort=position`), 200)).body.results
    await expect(ann.rest('PATCH', `/tasks/${bare.id}`, { before_id: id }), 200)
  })
  after(() => server.close())

  const written = ({ title, description, status, priority, category, due_date, assignee_id }: any) => ({
    title,
    description,
    status,
    priority,
    category,
    due_date,
    assignee_id,
  })
  const tasksOf = async (project: any) =>
    (await exportedRows(server, ann, { type: 'tasks', filters: { project: project.id } })).map(written)

  for (const format of ['ndjson', 'json', 'csv'])
    it(`[XP8] is imported as the same tasks in the same order, as ${format}`, async () => {
      const file = await exported(server, ann, { type: 'tasks', format, filters: { project: from.id } })
      const to = await addProject(ann)
      await addMember(ann, to, bob, 'viewer')
      const { body } = await sendImport(server.url, ann.token, file, { name: `tasks.${format}`, project: to.id })
      const { result } = await importEnds(ann, body.data.id)
      assert.deepEqual([result.errors, result.warnings, result.left_out], [[], [], []])
      const [expected, found] = [await tasksOf(from), await tasksOf(to)]
      assert.equal(found.length, hard.length + 2)
      assert.deepEqual(found, expected)
    })

  for (const format of ['ndjson', 'json', 'csv'])
    it(`[XP8] is imported as the same when it is one task, as ${format}`, async () => {
      const one = await addProject(ann)
      await addTask(ann, { title: '=only', project: one.id, status: 'cancelled' })
      const file = await exported(server, ann, { type: 'tasks', format, filters: { project: one.id } })
      const to = await addProject(ann)
      const { body } = await sendImport(server.url, ann.token, file, { name: `tasks.${format}`, project: to.id })
      const { result } = await importEnds(ann, body.data.id)
      assert.deepEqual([result.warnings, result.left_out], [[], []])
      assert.deepEqual(await tasksOf(to), await tasksOf(one))
    })
})
