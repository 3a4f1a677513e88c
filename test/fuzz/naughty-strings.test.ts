import assert from 'node:assert/strict'
import naughtyStrings from 'big-list-of-naughty-strings/blns.json' with { type: 'json' }
import { operations } from '../../contract/index.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, created, refuses } from '../suites/answers.ts'
import { fieldsOf } from '../suites/samples.ts'

/** The texts that people write, by resource, with the address of one and the least that it is made of. */
const texts = {
  tasks: { at: '/tasks', least: { title: 'a task' }, fields: ['title', 'description', 'category'] },
  projects: { at: '/projects', least: { name: 'a project' }, fields: ['name', 'description'] },
  comments: { at: '/comments', least: { body: 'a comment' }, fields: ['body'] },
  posts: { at: '/blog/posts', least: { title: 'a post' }, fields: ['title', 'body'] },
  videos: {
    at: '/videos',
    least: { title: 'a video', url: 'https://example.com/a.mp4' },
    fields: ['title', 'description', 'author_name'],
  },
}
/** So many things are written before one request reads them all. */
const together = 20

describe('naughty strings', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  for (const [resource, { at, least, fields }] of Object.entries(texts))
    it(`[FZ4] come back from ${resource} to the byte, or are refused by the name of the field`, async () => {
      const list = resource === 'comments' ? `/tasks/${(await addTask(ann)).id}/comments` : at
      const ids: number[] = []
      for (let nth = 0; nth < together; nth++) ids.push((await created(ann, list, least)).id)
      const schemas = fieldsOf(operations[resource as keyof typeof texts].update.body)
      let stored = 0
      for (let from = 0; from < naughtyStrings.length; from += together) {
        const wanted = new Map<number, string>()
        for (const [nth, naughty] of naughtyStrings.slice(from, from + together).entries()) {
          const refused = fields.filter(field => !schemas[field]!.safeParse(naughty).success)
          const sent = Object.fromEntries(fields.map(field => [field, naughty]))
          const answer = await ann.rest('PATCH', `${at}/${ids[nth]}`, sent)
          if (refused.length > 0) refuses(answer, 'validation_error', refused)
          else {
            assert.equal(answer.status, 200, `${JSON.stringify(naughty)}: ${JSON.stringify(answer.body)}`)
            wanted.set(ids[nth]!, naughty)
          }
        }
        const { results } = (await expect(ann.rest('GET', `${list}?page_size=100`), 200)).body
        const found = new Map<number, Record<string, unknown>>(results.map((one: { id: number }) => [one.id, one]))
        for (const [id, naughty] of wanted) for (const field of fields) assert.equal(found.get(id)?.[field], naughty)
        stored += wanted.size
      }
      assert.ok(stored > 400, `${stored} texts were stored`)
    })
})
