// What do twenty simultaneous uploads of 10 MB cost in memory, and does the server answer while it makes thumbnails?
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { migrate } from '../server/adapters/database-migration.ts'
import { percentile, report, round, say } from './figures.ts'
import { fill } from './fill.ts'
import { memoryOf } from './process-cost.ts'
import { type Contender, startOurs } from './rest-stage.ts'
import { log, onWholeMachine } from './stage.ts'

const [atOnce, warmUps, rounds] = [20, 3, 5]
const fileBytes = 10 * 1024 * 1024
const targets = { grown_mb: 20, live_max_ms: 50 }

/** A file without a picture to decode: measures the way from the connection to the disk. */
const pdf = () =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(fileBytes - 100), Buffer.from('\nstartxref\n9\n%%EOF\n')])

/** Noise, which compresses badly: as large as a photo of twelve million pixels can get. */
function photo(): Promise<Buffer> {
  const [width, height] = [4000, 3000]
  const raw = randomBytes(width * height * 3)
  return sharp(raw, { raw: { width, height, channels: 3 } })
    .blur(0.6)
    .jpeg({ quality: 82 })
    .toBuffer()
}

async function upload({ url, token }: Contender, content: Buffer, name: string): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([content as never]), name)
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}/api/v1/blog/media/upload`, { method: 'POST', headers, body: form })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function measure(server: Contender, content: Buffer, name: string) {
  const round20 = () => Promise.all(Array.from({ length: atOnce }, () => upload(server, content, name)))
  const fresh = memoryOf(server.pid).rss_mb
  // A heap grows to a size that suits its work and keeps that size. That is `before`, and not memory that uploads hold.
  for (let nth = 0; nth < warmUps; nth++) await round20()
  await sleep(2_000)
  const before = memoryOf(server.pid).rss_mb
  let peak = before
  const sampling = setInterval(() => (peak = Math.max(peak, memoryOf(server.pid).rss_mb)), 20)
  const asker = new Worker(new URL('live-asker.ts', import.meta.url), { workerData: server.url })
  const began = performance.now()
  for (let nth = 0; nth < rounds; nth++) await round20()
  const seconds = (performance.now() - began) / 1_000
  clearInterval(sampling)
  asker.postMessage('stop')
  const [live] = (await once(asker, 'message')) as [number[]]
  return {
    file_mb: round(content.length / 1024 / 1024, 1),
    uploads_per_s: round((rounds * atOnce) / seconds, 1),
    rss_mb: { fresh, before, peak },
    grown_mb: peak - before,
    live_p50_ms: round(percentile(live, 50), 1),
    live_p99_ms: round(percentile(live, 99), 1),
    live_max_ms: round(Math.max(...live), 1),
  }
}

await onWholeMachine(async stage => {
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  const server = await startOurs(stage, [], { MEDIA_QUOTA_MB: '100000' })
  for (const [kind, content] of [
    ['pdf', pdf()],
    ['photo', await photo()],
  ] as const) {
    say(`${atOnce} uploads at a time: ${kind}`)
    report('upload', {
      kind,
      at_once: atOnce,
      ...(await measure(server, content, kind === 'pdf' ? 'file.pdf' : 'photo.jpg')),
      targets,
    })
  }
})
