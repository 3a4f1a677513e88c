import assert from 'node:assert/strict'
import { type OEmbed, startOEmbed, videoId } from '../support/oembed.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { importVideos } from '../suites/video-imports.ts'
import { register, settles, webhookEnv, webhookTuning } from '../suites/webhook-receiver.ts'

describe('addresses that lead elsewhere than they say', () => {
  let server: TestServer
  let ann: Client
  let oembed: OEmbed
  /** What must not be reached. */
  let inside: WebServer
  before(async () => {
    inside = await startWebServer((_, response) => void response.writeHead(204).end())
    oembed = await startOEmbed(() => ({ body: { title: 'a film' } }))
    const env = { ...webhookEnv, ...oembed.env }
    server = await startServer({ env, tuning: { ...webhookTuning, jobBackoffMs: 5 } })
    ann = await server.user('ann')
  })
  after(async () => {
    await server.close()
    await Promise.all([oembed.close(), inside.close()])
  })

  it('[WK6] [OU2] a receiver that redirects into the network leads no delivery there (attack 100)', async () => {
    const receiver = await startWebServer((_, response) => {
      response.writeHead(307, { location: `${inside.url}/metadata` }).end()
    })
    try {
      const { id } = await register(ann, receiver.url, ['task.created'])
      await addTask(ann)
      await settles(ann, id, 'failed')
      assert.ok(receiver.asked.length > 0)
      assert.deepEqual(inside.asked, [])
    } finally {
      await receiver.close()
    }
  })

  it('[VI12] [OU2] a provider that redirects into the network leads no import there (attack 100)', async () => {
    oembed.answerWith(() => ({ status: 302, headers: { location: `${inside.url}/metadata` } }))
    await importVideos(ann, `https://youtu.be/${videoId(1)}`)
    oembed.answerWith(() => ({ body: { title: 'a film' } }))
    assert.ok(oembed.asked.length > 0)
    assert.deepEqual(inside.asked, [])
  })

  it('[VI9] an address that only looks like one of YouTube or Vimeo is read by nobody (attack 103)', async () => {
    oembed.asked.splice(0)
    const id = videoId(2)
    const lookAlikes = [
      `https://youtube.com.evil.example/watch?v=${id}`,
      `https://youtu.be@evil.example/${id}`,
      `https://www.xn--youtube-9ya.com/watch?v=${id}`,
      `https://www.youtubе.com/watch?v=${id}`,
      `https://evil.example/https://youtu.be/${id}`,
      `${inside.url}/watch?v=${id}`,
      'https://player.vimeo.com.evil.example/video/76979871',
    ]
    const job = await importVideos(ann, ...lookAlikes)
    assert.deepEqual([job.processed_items, job.failed_items], [lookAlikes.length, lookAlikes.length])
    assert.deepEqual([oembed.asked, inside.asked], [[], []])
    refuses(await ann.rest('POST', '/import/videos', { urls: ['javascript:alert(1)', 7] }), 'validation_error', [
      'urls.1',
    ])
  })
})
