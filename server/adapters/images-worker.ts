// The program that decodes pictures, in a process of its own. A picture that crashes the decoder, stalls it or exhausts
// memory does so here and not in the server. The server (images-process.ts) sends one picture at a time.
import { createReadStream } from 'node:fs'
import sharp from 'sharp'
import { decodedBytes, mostDecodedBytes } from './images-memory.ts'
import type { WorkerMessage, Task, Verdict } from './images-task.ts'

const mostPixels = 50_000_000
const mostFrames = 1_000
const thumbnailPixels = 480
/** The interval between two checks of the resources that a picture uses. Other threads decode, so this one has time. */
const lookMs = 50
/**
 * The memory that a picture may take beyond the calculated amount, for what the decoder needs in addition to the
 * pixels.
 */
const moreFactor = 1.25
const moreBytes = 64 * 1024 * 1024

/** libvips reads dozens of formats, and each further decoder may have a security hole. Only these are enabled. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map(format => `VipsForeignLoad${format}File`)

sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: loaders })

const send = (message: WorkerMessage) => process.send?.(message)

/** @throws what reading the file fails with */
async function examine(task: Task): Promise<Verdict> {
  const { path, format, beyond } = task
  const watch = startWatch(task)
  try {
    // The first frame of an animated picture is decoded; the other frames are only counted.
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
    const message = (error as Error).message.replaceAll(path, '')
    if (/pixel limit|out of memory/i.test(message)) return 'too_large'
    // libvips reports the same error for a damaged file and for a file that it could not open or read.
    await readThrough(path)
    return 'broken'
  } finally {
    watch.stop()
  }
}

/** Work inside libvips cannot be stopped. When it takes too much, the server is asked to kill this process. */
function startWatch({ seconds, beyond }: Task) {
  const [before, began] = [process.memoryUsage.rss(), process.cpuUsage()]
  let expected = 0
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(began)
    const isTooLong = (user + system) / 1e6 > seconds
    const isTooMuch = process.memoryUsage.rss() - before > moreFactor * expected + moreBytes
    if (!isTooLong && !isTooMuch) return
    clearInterval(timer)
    send({ verdict: beyond, isStuck: true })
  }, lookMs)
  return { expect: (bytes: number) => void (expected = bytes), stop: () => clearInterval(timer) }
}

/** @throws what reading fails with */
async function readThrough(path: string): Promise<void> {
  for await (const _ of createReadStream(path));
}

process.on('message', async (task: Task) => {
  try {
    send({ verdict: await examine(task) })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    send({ failure: { message, code } })
  }
})
// The channel is closed, so the server has ended. An ordinary exit would wait for the threads that decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// A terminal and a supervisor send these signals to all processes. The server gets them too and finishes its uploads
// first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
send({ ready: true })
