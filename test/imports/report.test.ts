import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { importEnds, sample, sendImport } from '../suites/imports.ts'
import * as make from '../suites/media.ts'

/** The beginning of such a file, which is not compressed. */
const ods = 'application/vnd.oasis.opendocument.spreadsheet'

describe('the report of an import', function () {
  this.timeout(120_000)
  let server: TestServer
  let owner: Client
  let slug: string
  before(async () => {
    server = await startServer()
    owner = await server.user('owner')
    slug = (await expect(owner.rest('POST', '/projects', { name: 'Target' }), 201)).body.slug
  })
  after(() => server.close())

  const send = (content: string | Uint8Array, name?: string) =>
    sendImport(server.url, owner.token, content, { project: slug, ...(name && { name }) })
  const run = async (content: string | Uint8Array, name?: string) => {
    const { status, body } = await send(content, name)
    assert.equal(status, 202, JSON.stringify(body))
    return importEnds(owner, body.data.id)
  }

  for (const [what, content, message] of [
    ['a workbook', () => sample('workbook.xlsx'), /Excel.*CSV UTF-8/],
    ['an old workbook', () => make.compound('Workbook'), /Excel.*CSV UTF-8/],
    [
      'a spreadsheet of LibreOffice',
      () => Buffer.from(`PK\x03\x04${'\0'.repeat(26)}mimetype${ods}`),
      /LibreOffice.*CSV/,
    ],
    ['a spreadsheet of Numbers', () => make.zip({ 'Index/Document.iwa': 'x' }), /Numbers.*CSV/],
    ['a Word document', () => make.docx(), /document.*CSV/],
    ['an archive', () => make.zip({ 'tasks.csv': 'title' }), /Unpack/],
    ['a web page', () => Buffer.from('\ufeff\n<!DOCTYPE html><table><tr><td>Summary</table>'), /web page.*CSV/],
    ['XML', () => Buffer.from('<?xml version="1.0"?><rss><channel/></rss>'), /XML.*CSV/],
    ['UTF-32', () => Buffer.from('fffe0000740000006900000074000000', 'hex'), /UTF-8/],
    ['a text in RTF', () => Buffer.from('{\\rtf1 title'), /RTF.*CSV/],
    ['a PDF', () => make.pdf(), /PDF.*CSV/],
    ['a picture', () => make.png(), /picture.*CSV/],
  ] as [string, () => Buffer | Promise<Buffer>, RegExp][])
    it(`[IM28] refuses ${what} at once, with what to do`, async () => {
      const { status, body } = await send(await content(), 'tasks.csv')
      assert.deepEqual([status, body.error.code], [415, 'unsupported_media_type'])
      assert.match(body.error.message, message)
      assert.match(body.error.field_errors.file[0], message)
    })

  for (const [what, content] of [
    ['the names of columns alone', 'title,status\n'],
    ['rows that are separated by U+2028', 'title,status\u2028One,todo\u2028Two,done'],
  ] as const)
    it(`[IM29] warns that a file with ${what} has no rows`, async () => {
      const { status, result } = await run(content)
      assert.deepEqual([status, result.created, result.warning_count], ['completed', 0, 1])
      assert.match(result.warnings[0]!.message, /no rows/)
    })

  it('[IM24] sums up over all steps what was left out, and names a few lines of each kind', async () => {
    const rows = Array.from({ length: 700 }, (_, nth) => `Row ${nth},${nth % 2 ? 'x' : ''},${nth === 650 ? 'y' : ''}`)
    const { result } = await run(`title,Story Points,Sprint\n${rows.join('\n')}`)
    assert.deepEqual(result.left_out, [
      { kind: 'story points', count: 350, tasks: 350 },
      { kind: 'sprint', count: 1, tasks: 1 },
    ])
    assert.deepEqual([result.created, result.warning_count], [700, 351])
    assert.deepEqual(
      result.warnings.map(({ line, field }) => `${line} ${field}`),
      [...[3, 5, 7, 9, 11].map(line => `${line} story points`), '652 sprint'],
    )
  })

  it('[IM24] gives the task to the first known person, and reports the number of the others', async () => {
    const { username } = owner.person
    const issue = { number: 1, html_url: 'https://github.com/o/r/issues/1', title: 'Shared', state: 'open' }
    const people = ['nobody-here', username, 'nobody-else'].map(login => ({ login }))
    const { result } = await run(JSON.stringify([{ ...issue, assignees: people }]), 'issues.json')
    assert.match(result.warnings[0]!.message, /first who is known.*2 left out/)
    const [task] = await server.query<{ assignee_id: number }>(`select assignee_id from tasks where title = 'Shared'`)
    assert.equal(task!.assignee_id, owner.person.id)
  })

  it('[IM27] reports once that a file was read as Windows-1252', async () => {
    const { result } = await run(Buffer.from('title;owner\r\nCaf\xe9 f\xfcr alle;\r\n', 'latin1'))
    assert.deepEqual([result.created, result.warnings.map(({ field }) => field)], [1, ['file']])
    assert.match(result.warnings[0]!.message, /Windows-1252.*CSV UTF-8/)
    const found = await server.query(`select from tasks where title = 'Café für alle'`)
    assert.equal(found.length, 1)
  })
})
