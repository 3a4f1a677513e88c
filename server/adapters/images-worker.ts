// The program that decodes pictures, in a process of its own: a picture that crashes the decoder, stalls it or makes it
// take memory does so here, and not in the server. The server (images-process.ts) hands it one picture at a time.
import { createReadStream } from 'node:fs'
import sharp from 'sharp'
import { decodedBytes, mostDecodedBytes } from './images-memory.ts'
import type { Said, Task, Verdict } from './images-task.ts'

const mostPixels = 50_000_000
const mostFrames = 1_000
const thumbnailPixels = 480
/** Between two looks at what a picture takes. Decoding is done by other threads, so this one has time. */
const lookMs = 50
/** What a picture may take beyond what was counted: for what the decoder needs beside the pixels. */
const moreFactor = 1.25
const moreBytes = 64 * 1024 * 1024

/** libvips reads dozens of formats, and each decoder is one more that may have a hole: only these are left. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map(format => `VipsForeignLoad${format}File`)

sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: loaders })

const say = (said: Said) => process.send?.(said)

/** @throws what reading the file fails with */
async function examine(task: Task): Promise<Verdict> {
  const { path, format, beyond } = task
  const watch = startWatch(task)
  try {
    // Of a moving picture the first frame is decoded, and the others are counted.
    const image = sharp(path, { limitInputPixels: mostPixels, failOn: 'error' })
    const header = await image.metadata()
    if (header.format !== format) return 'broken'
    const bytes = decodedBytes(header)
    if (bytes > mostDecodedBytes || (header.pages ?? 1) > mostFrames) return 'too_large'
    if (bytes > task.bytes) return beyond
    watch.expect(bytes)
    const thumbnail = await image
      .autoOrient()
      .resize({ width: thumbnailPixels, height: thumbnailPixels, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer()
    const { width, height } = header.autoOrient
    return { width, height, thumbnail }
  } catch (error) {
    const said = (error as Error).message.replaceAll(path, '')
    if (/pixel limit|out of memory/i.test(said)) return 'too_large'
    // libvips also calls a file damaged that it could not open or read.
    await readThrough(path)
    return 'broken'
  } finally {
    watch.stop()
  }
}

/** What runs in libvips cannot be stopped: when it takes too much the server is asked to kill this process. */
function startWatch({ seconds, beyond }: Task) {
  const [before, began] = [process.memoryUsage.rss(), process.cpuUsage()]
  let expected = 0
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(began)
    const isTooLong = (user + system) / 1e6 > seconds
    const isTooMuch = process.memoryUsage.rss() - before > moreFactor * expected + moreBytes
    if (!isTooLong && !isTooMuch) return
    clearInterval(timer)
    say({ verdict: beyond, isStuck: true })
  }, lookMs)
  return { expect: (bytes: number) => void (expected = bytes), stop: () => clearInterval(timer) }
}

/** @throws what reading fails with */
async function readThrough(path: string): Promise<void> {
  for await (const _ of createReadStream(path));
}

process.on('message', async (task: Task) => {
  try {
    say({ verdict: await examine(task) })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    say({ failure: { message, code } })
  }
})
// The server has ended, however that came about. An ordinary exit would wait for the threads that decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// A terminal and a supervisor send these to all processes; the server, which gets them too, finishes its uploads first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
say({ ready: true })
