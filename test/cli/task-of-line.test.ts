import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { taskOfLine } from '../../server/cli/task-of-line.ts'
import { assertOneALine, textLines } from '../../server/cli/text-lines.ts'

describe('a line of a file of tasks', () => {
  const shorten = (item: object) => {
    const read = taskOfLine(JSON.stringify(item))
    assert.ok(read.ok)
    return read
  }

  it('[SD10] shortens a title that is too long, and keeps all of it at the beginning of the description', () => {
    const title = 'word '.repeat(120)
    const { task, shortened } = shorten({ title, description: 'more' })
    assert.equal(shortened, true)
    assert.equal(task['title'], `${title.slice(0, 499)}…`)
    assert.equal(task['description'], `${title}\n\nmore`)
    assert.equal(shorten({ title }).task['description'], title)
  })

  it('[SD10] does not cut an emoji in two', () => {
    const { task } = shorten({ title: `${'x'.repeat(498)}😀${'y'.repeat(20)}` })
    assert.equal(task['title'], `${'x'.repeat(498)}…`)
  })

  it('[SD10] keeps a title of exactly the limit', () => {
    const title = 'x'.repeat(500)
    assert.deepEqual(shorten({ title }), { ok: true, task: { title }, shortened: false, ignored: [] })
  })

  it('[SD7] leaves out and names fields that new tasks do not have', () => {
    assert.deepEqual(shorten({ title: 'a', created_at: '2020-01-01T00:00:00Z', x: 1 }).ignored, ['created_at', 'x'])
  })

  for (const text of ['{', '[]', 'null', '"a"', '{"title": "a"} x']) {
    it(`[SD7] refuses ${text} as a task`, () => {
      assert.equal(taskOfLine(text).ok, false)
    })
  }

  it('[SD9] ends lines at line feeds only, and counts them as editors do', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
    const file = path.join(dir, 'lines')
    const long = 'ö'.repeat(100_000)
    await writeFile(file, `\uFEFFone\r\n\n  \ntwo\u2028still two\u0085and here\n${long}\nlast`)
    const lines = []
    for await (const line of textLines(file)) lines.push(line)
    await rm(dir, { recursive: true })
    assert.deepEqual(lines, [
      { number: 1, text: 'one\r' },
      { number: 4, text: 'two\u2028still two\u0085and here' },
      { number: 5, text: long },
      { number: 6, text: 'last' },
    ])
  })

  for (const [content, isRefused] of [
    ['[\n  {"title": "a"}\n]\n', true],
    ['[{"title": "a"}]', true],
    ['// from a viewer\n\n{\n  "title": "a"\n}', true],
    ['// from a viewer\n\n{"title": "a"}\n', false],
  ] as const)
    it(`[SD9] ${isRefused ? 'refuses' : 'reads'} ${JSON.stringify(content)} as one object a line`, async () => {
      const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
      const file = path.join(dir, 'lines')
      await writeFile(file, content)
      try {
        if (isRefused) return await assert.rejects(assertOneALine(file), /one object a line/)
        await assertOneALine(file)
        const lines: unknown[] = []
        for await (const line of textLines(file)) lines.push(line)
        assert.deepEqual(lines, [{ number: 3, text: '{"title": "a"}' }])
      } finally {
        await rm(dir, { recursive: true })
      }
    })
})
