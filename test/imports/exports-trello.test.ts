import assert from 'node:assert/strict'
import { limits } from '../../contract/index.ts'
import { useExports } from '../suites/understanding.ts'

describe('exports of other programs', () => {
  const read = useExports()

  describe('of Trello', () => {
    const board = (cards: object[], more: object = {}) => ({
      id: 'b',
      name: 'Board',
      prefs: {},
      actions: [],
      lists: [
        { id: 'todo', name: '📥 To do (this week)' },
        { id: 'doing', name: 'In Arbeit' },
        { id: 'old', name: 'Ideen', closed: true },
        { id: 'done', name: 'Erledigt ✔', closed: true },
      ],
      members: [
        { id: 'm1', username: 'ann' },
        { id: 'm2', username: 'bob' },
      ],
      cards: cards.map((card, nth) => ({ id: `c${nth}`, name: `Card ${nth}`, desc: '', idList: 'todo', ...card })),
      ...more,
    })

    it('[IM23] reads a card as done when it or its list is complete, and as cancelled when it or its list was archived', async () => {
      const { tasks } = await read(
        board([
          {},
          { idList: 'doing' },
          { idList: 'doing', dueComplete: true },
          { idList: 'old' },
          { idList: 'done' },
          { closed: true },
          { closed: true, dueComplete: true },
        ]),
      )
      assert.deepEqual(
        tasks.map(({ status }) => status),
        ['todo', 'in_progress', 'done', 'cancelled', 'done', 'cancelled', 'done'],
      )
    })

    it('[IM24] reports by kind and number what tasks do not have', async () => {
      const comment = (card: string) => ({ type: 'commentCard', data: { card: { id: card } } })
      const { leftOut, report } = await read(
        board(
          [
            {
              labels: [{ name: 'ui' }, { name: '', color: 'red' }, { name: 'Priority: High' }],
              idMembers: ['m1', 'gone'],
            },
            {
              idChecklists: ['k1', 'k2'],
              badges: { comments: 1, attachments: 4, votes: 2 },
              customFieldItems: [{}],
              start: '2026-01-01',
            },
          ],
          { actions: [comment('c1'), comment('c1'), { type: 'createCard' }, comment('c0')] },
        ),
      )
      assert.deepEqual(leftOut, {
        labels: 2,
        comments: 3,
        members: 1,
        checklists: 2,
        attachments: 4,
        'custom fields': 1,
        votes: 2,
        'start dates': 1,
      })
      assert.match(report.warnings.find(({ field }) => field === 'labels')!.message, /ui, red/)
      assert.equal(report.warning_count, 9)
    })

    it('[IM25] shortens long names, loses no word of a title, and leaves out an invalid date', async () => {
      const long = `${'x'.repeat(600)} end`
      const { tasks, warned } = await read(
        board([{ name: long, desc: 'text', idList: 'l' }, { due: 'soon' }], {
          lists: [{ id: 'l', name: 'y'.repeat(300) }],
        }),
      )
      assert.deepEqual([tasks[0]!.title.length, tasks[0]!.category!.length], [limits.title, limits.category])
      assert.equal(tasks[0]!.description, `${long}\n\ntext`)
      assert.deepEqual(
        warned.map(text => text.replace(/^\d+ /, '')),
        ['title', 'category', 'due_date'],
      )
    })

    it('[IM26] refuses text that is not JSON between the cards, wherever it is', async () => {
      const whole = JSON.stringify(board([{}]))
      for (const [from, to] of [
        ['"prefs":{}', '"prefs":{]'],
        ['"prefs":{}', '"prefs":undefined'],
        ['"prefs":{}', '"prefs"'],
        ['"id":"b"', "'id':'b'"],
        ['"actions":[]', '"actions":[{oops}]'],
        ['"name":"Board"', '"name":"Bo\\xard"'],
        ['"id":"b",', '"id":"b"'],
        ['"prefs":{}', '"prefs":01'],
      ] as const) {
        assert.ok(whole.includes(from))
        await assert.rejects(read(whole.replace(from, to)), /is not JSON|ends in the middle|not closed/, to)
      }
      await assert.rejects(read(`${whole.slice(0, -1)},}`), /is not JSON/)
    })
  })
})
