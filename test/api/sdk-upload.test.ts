import assert from 'node:assert/strict'
import { createClient, isTaskwireError, type UploadProgress } from '../../sdk/index.ts'
import { startServer, type Client, type TestServer } from '../support/server.ts'
import { addProject, addTask } from '../suites/answers.ts'
import { pdf, png } from '../suites/media.ts'

describe('sdk: uploads', () => {
  let server: TestServer
  let ada: Client

  before(async () => {
    server = await startServer()
    ada = await server.user('ada')
  })
  after(() => server?.close())

  const clientOf = (fetch = globalThis.fetch) => createClient({ url: server.url, token: ada.token, fetch })
  const fileOf = (name: string, content: Buffer) => new File([new Uint8Array(content)], name)

  it('[SDK23] sends several files to the given place in one upload', async () => {
    const project = await addProject(ada)
    const task = await addTask(ada, { project: project.id })
    const files = [fileOf('a.png', await png()), fileOf('b.pdf', pdf())]

    const stored = await clientOf().media.upload(files, { project: project.slug, taskId: task.id })

    assert.deepEqual(
      stored.map(({ original_filename, project_id, task_id }) => [original_filename, project_id, task_id]),
      [
        ['a.png', project.id, task.id],
        ['b.pdf', project.id, task.id],
      ],
    )
  })

  it('[SDK23] reports how much is sent, up to all of it', async () => {
    const reported: UploadProgress[] = []
    const content = Buffer.concat([await png(), Buffer.alloc(0)])
    const [stored] = await clientOf().media.upload(fileOf('a.png', content), {
      onProgress: progress => reported.push(progress),
    })
    assert.equal(stored?.file_size, content.length)
    assert.ok(reported.every(({ sent }, at) => sent > (reported[at - 1]?.sent ?? 0)))
    assert.equal(reported.at(-1)!.sent, reported.at(-1)!.total)
  })

  it('[SDK23] rejects with the signal’s reason when it is aborted', async () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const pending = clientOf().media.upload(fileOf('a.png', await png()), {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    })
    await assert.rejects(pending, reason)
  })

  it('[SDK23] throws an error that names the refused file', async () => {
    await assert.rejects(clientOf().media.upload(fileOf('a.png', Buffer.from('no picture'))), error => {
      assert.ok(isTaskwireError(error, 'unsupported_media_type'))
      return 'file' in error.fieldErrors
    })
  })

  it('[SDK23] repeats an upload whose answer was lost, and nothing is stored twice', async () => {
    let calls = 0
    const losing: typeof fetch = async (...args) => {
      const answer = await fetch(...args)
      calls += 1
      if (calls > 1) return answer
      await answer.text()
      throw new TypeError('the line broke')
    }
    const [stored] = await clientOf(losing).media.upload(fileOf('once.png', await png()))

    assert.equal(calls, 2)
    const { results } = await clientOf().media.list()
    assert.deepEqual(
      results.filter(({ original_filename }) => original_filename === 'once.png').map(({ id }) => id),
      [stored!.id],
    )
  })
})
