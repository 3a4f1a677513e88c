import assert from 'node:assert/strict'
import { limits } from '../../contract/index.ts'
import { useExports } from '../suites/understanding.ts'

describe('exports of other programs', () => {
  const read = useExports()

  describe('of GitHub', () => {
    const issue = (more: object = {}) => ({
      number: 1,
      html_url: 'https://github.com/o/r/issues/1',
      title: 'A',
      state: 'open',
      body: 'text',
      labels: [],
      ...more,
    })
    const cli = {
      number: 7,
      title: 'A',
      state: 'CLOSED',
      stateReason: 'NOT_PLANNED',
      body: 'text',
      labels: [{ name: 'bug' }, { name: 'ui' }],
      assignees: [{ login: 'ann' }, { login: 'bob' }],
      milestone: { title: '1.0', dueOn: '2026-01-31T08:00:00Z' },
      comments: [{ body: 'x' }],
    }
    const graph = {
      data: {
        repository: {
          labels: { nodes: [{ name: 'bug' }] },
          issues: {
            totalCount: 1,
            nodes: [
              {
                number: 7,
                title: 'A',
                body: 'text',
                state: 'OPEN',
                labels: { nodes: [{ name: 'in progress' }] },
                assignees: { nodes: [{ login: 'ann' }] },
                issueType: { name: 'Feature' },
                comments: { totalCount: 3 },
              },
            ],
          },
        },
      },
    }
    const edges = {
      data: {
        node: { items: { edges: [{ cursor: 'x', node: { number: 7, title: 'A', body: 'text', state: 'OPEN' } }] } },
      },
    }

    for (const [what, content] of Object.entries<unknown>({
      'a list': [issue()],
      'the answer of a search': { total_count: 1, incomplete_results: false, items: [issue()] },
      'such an answer on one line': JSON.stringify({ total_count: 1, items: [issue()] }),
      'one issue a line': `${JSON.stringify(issue())}\n${JSON.stringify(issue({ pull_request: {} }))}\n`,
      'a single issue on one line': JSON.stringify(issue({ labels: [{ name: 'bug' }] })),
      'pages one after another': `${JSON.stringify([issue()])}${JSON.stringify([])}`,
      'the output of gh': [cli],
      'an answer of GraphQL': graph,
      'an answer of GraphQL with edges': edges,
      'a list with comments from a JSON viewer': `// 20260131\n// https://api.github.com/issues\n\n${JSON.stringify([issue()], null, 2)}`,
      'lines with comments from a JSON viewer': `// 20260131\n${JSON.stringify(issue())}\n${JSON.stringify(issue({ pull_request: {} }))}`,
    }))
      it(`[IM26] reads ${what} as an export of GitHub`, async () => {
        const { format, tasks } = await read(content, 'issues.json')
        assert.deepEqual([format, tasks.length, tasks[0]?.title, tasks[0]?.description], ['github', 1, 'A', 'text'])
      })

    it('[IM24] uses type, people, milestone and labels as far as tasks have them, and reports the rest', async () => {
      const first = await read([cli])
      assert.deepEqual(
        [first.tasks[0]!.status, first.tasks[0]!.category, first.tasks[0]!.due_date, first.tasks[0]!.assignees],
        ['cancelled', 'bug', '2026-01-31T08:00:00.000Z', [['ann'], ['bob']]],
      )
      assert.deepEqual(first.leftOut, { labels: 1, comments: 1, milestones: 1 })
      const second = await read(graph)
      assert.deepEqual([second.tasks[0]!.status, second.tasks[0]!.category], ['in_progress', 'Feature'])
      assert.deepEqual(second.leftOut, { comments: 3 })
      const typed = await read([
        issue({ type: { name: 'Bug' }, labels: [{ name: 'ui' }], comments: 2, reactions: { total_count: 5 } }),
      ])
      assert.deepEqual([typed.tasks[0]!.category, typed.leftOut], ['Bug', { labels: 1, comments: 2, reactions: 5 }])
      // People do not write reactions, so no line is reported for them.
      assert.ok(!typed.warned.some(text => text.endsWith('reactions')))
    })

    it('[IM25] shortens the longest text of GitHub, and reports that', async () => {
      const { tasks, warned } = await read([issue({ body: '🙂'.repeat(32_768) })])
      assert.deepEqual([tasks[0]!.description.isWellFormed(), warned.length], [true, 1])
      assert.ok(tasks[0]!.description.length <= limits.description)
    })
  })

  describe('of any other program', () => {
    const task = { Title: 'A', 'Due Date': '2026-05-06', status: { name: 'En cours' }, labels: ['x', 'y'] }
    for (const [what, content] of Object.entries<unknown>({
      'tasks in an object': { exported: '2026-01-01', people: [{ name: 'Ann' }], tasks: [task] },
      'records in an object, on one line': JSON.stringify({ records: [task] }),
      'tasks deep in an object': { meta: { n: 1 }, data: { board: { work_items: [task] } } },
      'one task a line': `${JSON.stringify(task)}\n\n`,
    }))
      it(`[IM26] finds ${what}`, async () => {
        const { tasks, leftOut } = await read(content, 'x.json')
        assert.deepEqual(
          [tasks.length, tasks[0]!.status, tasks[0]!.due_date],
          [1, 'in_progress', '2026-05-06T00:00:00.000Z'],
        )
        assert.deepEqual(leftOut, { labels: 2 })
      })

    it('[IM26] reports other lists beside that of the tasks with their number and their line', async () => {
      const open = [{ title: 'A' }]
      const { tasks, report } = await read(JSON.stringify({ open, closed: [{ title: 'B' }, { title: 'C' }] }, null, 1))
      assert.equal(tasks.length, 1)
      const [{ line, message } = { line: 0, message: '' }, ...more] = report.warnings
      assert.deepEqual([line, more], [8, []])
      assert.match(message, /`closed` \(2\).*`open`/)
    })
    it('[IM26] refuses an object without a list of tasks, once', async () => {
      await assert.rejects(read({ title: 'A', description: 'text' }), /one object.*no list of tasks/)
      await assert.rejects(read({ people: [{ name: 'Ann' }] }), /no list of tasks/)
    })
    it('[IM26] reports a missing value at the end of a list', () =>
      assert.rejects(read('[{"title":"A"},]'), /a value is missing/))
  })
})
