import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createDecoder,
  type Decoder,
  type DecoderOptions,
  decoderPriority,
} from '../../server/adapters/images-process.ts'
import { createImages } from '../../server/adapters/images-sharp.ts'
import type { Task } from '../../server/adapters/images-task.ts'
import type { ImageFormat, Images } from '../../server/ports/images.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { isRunning } from '../support/server-process.ts'
import { decodersOf, flatJpeg, flatPng, scannedJpeg, wordyPng } from '../suites/pictures.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('decoding pictures', function () {
  this.timeout(120_000)
  let dir: string
  let images: Images
  const decoders: Decoder[] = []
  const files = new Map<string, string>()

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'taskwire-pictures-'))
    await keep('small', flatPng({ width: 64, height: 48 }))
    await keep('dear', flatPng({ bits: 16, interlaced: true, width: 2_400, height: 2_400 }))
  })
  after(() => rm(dir, { recursive: true }))
  beforeEach(() => {
    images = createImages({ log })
  })
  afterEach(async () => {
    images.close()
    for (const decoder of decoders.splice(0)) decoder.close()
    await eventually(async () => assert.deepEqual(await decodersOf(process.pid), []))
  })

  async function keep(name: string, content: Promise<Buffer> | Buffer) {
    files.set(name, path.join(dir, name))
    await writeFile(files.get(name)!, await content)
  }
  const examine = (name: string, person = 1, format: ImageFormat = 'png') =>
    images.examine(files.get(name)!, format, person)
  const open = (options: Partial<DecoderOptions> = {}) => {
    const decoder = createDecoder({ log, patienceMs: 20_000, ...options })
    decoders.push(decoder)
    return decoder
  }
  const task = (name: string, more: Partial<Task> = {}): Task => ({
    path: files.get(name)!,
    format: 'png',
    bytes: Infinity,
    seconds: 10,
    beyond: 'too_large',
    ...more,
  })
  const isDecoded = (found: unknown) => assert.equal(typeof found, 'object', String(found))
  const onlyDecoder = async () => {
    const [pid, ...others] = await decodersOf(process.pid)
    assert.ok(pid !== undefined && others.length === 0)
    return pid
  }

  it('[MD6] does not treat a file that cannot be read as a damaged picture', async () => {
    await assert.rejects(images.examine('/no/such/picture.png', 'png', 1), { code: 'ENOENT' })
  })

  it('[MD22] refuses a picture by the memory that it would need, without starting to decode it', async () => {
    await keep('monster', flatPng({ bits: 16, interlaced: true }))
    await keep('scans', scannedJpeg())
    assert.equal(await examine('monster'), 'too_large')
    assert.equal(await examine('scans', 1, 'jpeg'), 'too_large')
    // The header was enough, so the process for expensive pictures was not started.
    await onlyDecoder()
  })

  it('[MD22] accepts ordinary pictures of 50 million pixels', async () => {
    await keep('png', flatPng())
    await keep('jpeg', flatJpeg())
    await keep('progressive', flatJpeg(true))
    isDecoded(await examine('png'))
    isDecoded(await examine('jpeg', 1, 'jpeg'))
    isDecoded(await examine('progressive', 1, 'jpeg'))
  })

  it('[MD22] stops decoding a picture that takes more memory than was counted', async () => {
    await keep('wordy', wordyPng(100))
    assert.equal(await examine('wordy'), 'too_large')
    isDecoded(await examine('small'))
  })

  it('[MD23] loses only one picture when a decoder crashes, and replaces the decoder', async () => {
    isDecoded(await examine('small'))
    const pid = await onlyDecoder()
    process.kill(pid, 'SIGSTOP')
    const found = examine('small')
    process.kill(pid, 'SIGSEGV')
    process.kill(pid, 'SIGCONT')
    assert.equal(await found, 'broken')
    isDecoded(await examine('small'))
    assert.notEqual(await onlyDecoder(), pid)
  })

  it('[MD23] decodes a picture once more, where expensive ones are decoded, when its decoder is killed from outside', async () => {
    isDecoded(await examine('small'))
    const pid = await onlyDecoder()
    process.kill(pid, 'SIGSTOP')
    const found = examine('small')
    process.kill(pid, 'SIGKILL')
    isDecoded(await found)
  })

  it('[MD23] replaces a decoder that stands still', async () => {
    const decoder = open({ patienceMs: 10_000 })
    isDecoded(await decoder.decode(task('small')))
    const pid = await onlyDecoder()
    process.kill(pid, 'SIGSTOP')
    assert.equal(await decoder.decode(task('small')), 'too_large')
    isDecoded(await decoder.decode(task('small')))
    assert.notEqual(await onlyDecoder(), pid)
  })

  it('[MD23] gives up a picture that exceeds its processor time, and replaces the decoder', async () => {
    const decoder = open()
    await keep('long', flatPng({ bits: 16, interlaced: true, width: 4_000, height: 4_000 }))
    isDecoded(await decoder.decode(task('small')))
    const pid = await onlyDecoder()
    assert.equal(await decoder.decode(task('long', { seconds: 0, beyond: 'expensive' })), 'expensive')
    isDecoded(await decoder.decode(task('small')))
    assert.notEqual(await onlyDecoder(), pid)
  })

  it('[MD23] is unavailable while a decoder does not start, and for a pending picture when it is closed', async () => {
    const decoder = open({ patienceMs: 1 })
    await assert.rejects(decoder.decode(task('small')), { code: 'unavailable' })
    isDecoded(await examine('small'))
    process.kill(await eventually(() => onlyDecoder()), 'SIGSTOP')
    const pending = examine('small')
    await new Promise(setImmediate)
    images.close()
    await assert.rejects(pending, { code: 'unavailable' })
    await assert.rejects(examine('small'), { code: 'unavailable' })
  })

  it('[MD23] ends a decoder soon that has no work, which frees its memory', async () => {
    isDecoded(await open({ idleMs: 100 }).decode(task('small')))
    await eventually(async () => assert.deepEqual(await decodersOf(process.pid), []))
  })

  it('[MD23] runs decoders with low priority, without secrets, and lets signals to all processes not end them', async () => {
    process.env.SOME_SECRET = 'not for decoders'
    isDecoded(await examine('dear'))
    delete process.env.SOME_SECRET
    const pids = await decodersOf(process.pid)
    assert.equal(pids.length, 2)
    for (const pid of pids) {
      const threads = await readdir(`/proc/${pid}/task`)
      const priorities = await Promise.all(
        threads.map(
          async id => (await readFile(`/proc/${pid}/task/${id}/stat`, 'utf8')).split(') ')[1]!.split(' ')[16],
        ),
      )
      assert.equal(getPriority(pid), decoderPriority)
      // The threads that decode; some of V8's may have started before.
      assert.ok(priorities.filter(one => one === String(decoderPriority)).length >= 5, String(priorities))
      assert.doesNotMatch(await readFile(`/proc/${pid}/environ`, 'utf8'), /not for decoders|DATABASE|SECRET/)
      process.kill(pid, 'SIGTERM')
    }
    isDecoded(await examine('dear'))
    assert.deepEqual((await decodersOf(process.pid)).toSorted(), pids.toSorted())
  })

  it('[MD23] ends its decoders when the server is killed', async () => {
    const program = fileURLToPath(new URL('images-owner.ts', import.meta.url))
    const owner = spawn(process.execPath, [program, files.get('dear')!], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(owner.stdout, 'data')
    const pids = await decodersOf(owner.pid!)
    assert.equal(pids.length, 2)
    owner.kill('SIGKILL')
    await eventually(() => assert.deepEqual(pids.filter(isRunning), []))
  })

  it('[MD24] lets a small picture not wait for expensive ones of anybody', async () => {
    isDecoded(await examine('small', 2))
    const first = await onlyDecoder()
    const dear = [examine('dear', 1), examine('dear', 1)]
    const other = await eventually(async () => {
      const pid = (await decodersOf(process.pid)).find(one => one !== first)
      assert.ok(pid !== undefined)
      return pid
    })
    process.kill(other, 'SIGSTOP')
    isDecoded(await examine('small', 2))
    process.kill(other, 'SIGCONT')
    for (const found of await Promise.all(dear)) isDecoded(found)
  })

  it('[MD24] lets an expensive picture wait for few of those of another person', async () => {
    let waiting = 8
    const all = Array.from({ length: waiting }, () => examine('dear', 1).finally(() => waiting--))
    isDecoded(await examine('dear', 2))
    assert.ok(waiting >= 5, `${waiting} of the other person's waited still`)
    for (const found of await Promise.all(all)) isDecoded(found)
  })
})
