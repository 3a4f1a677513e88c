import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { seal, unseal } from '../../server/adapters/backup/sealing.ts'
import { frame, unframe } from '../../server/adapters/backup/sections.ts'

const secret = 'a key of backups with more than 32 characters'
const piece = 256 * 1024
const headBytes = 57

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* inChunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const sealed = (plain: Buffer, key = secret) => collect(seal(inChunks(plain, 70_001), key))
const opened = (file: Buffer, key = secret) => collect(unseal(inChunks(file, 50_003), key))

/** Where the pieces of a sealed file begin and end. */
function piecesOf(file: Buffer): { start: number; end: number }[] {
  const found = []
  for (let start = headBytes; start < file.length;) {
    const end = start + 4 + (file.readUInt32BE(start) & 0x7fff_ffff) + 16
    found.push({ start, end })
    start = end
  }
  return found
}

describe('the seal of a backup', () => {
  for (const length of [0, 1, piece - 1, piece, piece + 1, 3 * piece, 1_000_000])
    it(`[BR3] opens to what was sealed (${length} bytes), and shows nothing of it`, async () => {
      const plain = Buffer.from('secret '.repeat(Math.ceil(length / 7))).subarray(0, length)
      const file = await sealed(plain)
      assert.deepEqual(await opened(file), plain)
      assert.equal(file.includes('secret'), false)
    })

  it('[BR3] is another one each time', async () => {
    const plain = Buffer.from('the same')
    assert.notDeepEqual(await sealed(plain), await sealed(plain))
  })

  it('[BR4] is broken by each changed bit', async () => {
    const file = await sealed(randomBytes(600))
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file)
      changed[at] = changed[at]! ^ (1 << (at % 8))
      await assert.rejects(opened(changed), { code: 'conflict' }, `byte ${at}`)
    }
  })

  it('[BR4] is broken by each cut', async () => {
    const file = await sealed(randomBytes(600))
    for (let length = 0; length < file.length; length++)
      await assert.rejects(opened(file.subarray(0, length)), { code: 'conflict' }, `${length} bytes`)
  })

  it('[BR4] is broken by pieces that are missing, moved, repeated, foreign or added', async () => {
    const file = await sealed(randomBytes(4 * piece))
    const other = await sealed(randomBytes(4 * piece))
    const pieces = piecesOf(file)
    const head = file.subarray(0, headBytes)
    const [a, b, c, d] = pieces.map(({ start, end }) => file.subarray(start, end))
    const [, foreign] = piecesOf(other).map(({ start, end }) => other.subarray(start, end))
    assert.equal(pieces.length, 4)
    assert.equal((await opened(Buffer.concat([head, a!, b!, c!, d!]))).length, 4 * piece)
    const wrong = [
      [a, c, d],
      [b, c, d],
      [a, b, c],
      [a, b],
      [d],
      [a, c, b, d],
      [a, a, b, c, d],
      [a, foreign, c, d],
      [a, b, c, d, d],
      [a, b, c, d, Buffer.of(0)],
    ]
    for (const [nth, some] of wrong.entries())
      await assert.rejects(opened(Buffer.concat([head, ...(some as Buffer[])])), { code: 'conflict' }, `case ${nth}`)
    await assert.rejects(opened(Buffer.concat([other.subarray(0, headBytes), a!, b!, c!, d!])), { code: 'conflict' })
  })

  const reasons: [string, Buffer | (() => Promise<Buffer>), RegExp][] = [
    ['zeros', Buffer.alloc(100_000), /not a backup/],
    ['nothing', Buffer.alloc(0), /not a backup/],
    ['another file', Buffer.from('PK\u0003\u0004 an archive'.repeat(50)), /not a backup/],
    ['another key', () => sealed(Buffer.from('x'), 'another key with more than 32 characters'), /another key/],
    ['the head alone', async () => (await sealed(Buffer.from('x'))).subarray(0, headBytes), /end is missing/],
    [
      'a newer format',
      async () => {
        const file = await sealed(Buffer.from('x'))
        file[16] = 2
        return file
      },
      /newer release/,
    ],
  ]
  for (const [name, given, reason] of reasons)
    it(`[BR4] says why it refuses ${name}`, async () => {
      await assert.rejects(opened(Buffer.isBuffer(given) ? given : await given()), { message: reason })
    })
})

describe('the sections of a backup', () => {
  async function* some() {
    yield { head: { name: 'a' }, content: inChunks(Buffer.from('one two three'), 4) }
    yield { head: { name: 'empty' }, content: inChunks(Buffer.alloc(0), 1) }
    yield { head: { name: 'b' }, content: inChunks(randomBytes(100_000), 999) }
  }

  it('[BR3] come back as they were, also when the reader passes over some', async () => {
    const stream = await collect(frame(some()))
    const found: [string, number][] = []
    for await (const { head, content } of unframe<{ name: string }>(inChunks(stream, 777)))
      found.push([head.name, head.name === 'a' ? -1 : (await collect(content)).length])
    assert.deepEqual(found, [
      ['a', -1],
      ['empty', 0],
      ['b', 100_000],
    ])
  })

  it('[BR4] are refused when they end in the middle', async () => {
    const stream = await collect(frame(some()))
    const read = async (length: number) => {
      for await (const { content } of unframe(inChunks(stream.subarray(0, length), 777))) await collect(content)
    }
    for (const length of [1, 3, 5, 20, 1_000, stream.length - 1])
      await assert.rejects(read(length), { code: 'conflict' }, `${length} bytes`)
  })
})
