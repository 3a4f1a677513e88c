import assert from 'node:assert/strict'
import naughtyStrings from 'big-list-of-naughty-strings/blns.json' with { type: 'json' }
import { operations } from '../../contract/index.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, created, refuses } from '../suites/answers.ts'
import { fieldsOf } from '../suites/samples.ts'

/** The texts that people write, by resource. */
const texts = {
  tasks: ['title', 'description', 'category'],
  projects: ['name', 'description'],
  comments: ['body'],
  posts: ['title', 'body'],
  videos: ['title', 'description', 'author_name'],
} as const

describe('naughty strings', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  let paths: Record<keyof typeof texts, string>
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    const task = await addTask(ann)
    paths = {
      tasks: `/tasks/${task.id}`,
      projects: `/projects/${(await addProject(ann)).id}`,
      comments: `/comments/${(await created(ann, `/tasks/${task.id}/comments`, { body: 'a comment' })).id}`,
      posts: `/blog/posts/${(await created(ann, '/blog/posts', { title: 'a post' })).id}`,
      videos: `/videos/${(await created(ann, '/videos', { title: 'a video', url: 'https://example.com/a.mp4' })).id}`,
    }
  })
  after(() => server.close())

  for (const [resource, fields] of Object.entries(texts) as [keyof typeof texts, readonly string[]][])
    it(`[FZ4] come back from ${resource} to the byte, or are refused by the name of the field`, async () => {
      const schemas = fieldsOf(operations[resource].update.body)
      for (const naughty of naughtyStrings) {
        const sent = Object.fromEntries(fields.map(field => [field, naughty]))
        const refused = fields.filter(field => !schemas[field]!.safeParse(naughty).success)
        const answer = await ann.rest('PATCH', paths[resource], sent)
        if (refused.length > 0) {
          refuses(answer, 'validation_error', refused)
          continue
        }
        assert.equal(answer.status, 200, `${JSON.stringify(naughty)}: ${JSON.stringify(answer.body)}`)
        const read = await ann.rest('GET', resource === 'comments' ? `${paths.tasks}/comments` : paths[resource])
        const thing = resource === 'comments' ? read.body.results[0] : read.body
        for (const field of fields) assert.equal(thing[field], naughty)
      }
    })
})
