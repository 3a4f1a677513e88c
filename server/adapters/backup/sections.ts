import { BackupRefused } from '../../ports/backups.ts'
import { type ByteReader, readerOf } from './byte-reader.ts'

/** A part of a backup: what it is, and its bytes, which are read once and in order. */
export interface Section<Head = unknown> {
  head: Head
  content: AsyncIterable<Buffer>
}

const longestHead = 16 * 1024 * 1024
const longestBlock = 64 * 1024 * 1024

const counted = (bytes: Buffer): Buffer => {
  const framed = Buffer.allocUnsafe(4 + bytes.length)
  framed.writeUInt32BE(bytes.length)
  bytes.copy(framed, 4)
  return framed
}

const end = Buffer.alloc(4)

/** Sections as one stream: the head as JSON, then blocks of the content, each with its length before it. */
export async function* frame(sections: AsyncIterable<Section>): AsyncGenerator<Buffer> {
  for await (const { head, content } of sections) {
    yield counted(Buffer.from(JSON.stringify(head)))
    for await (const block of content) if (block.length > 0) yield counted(block)
    yield end
  }
}

/** The sections of such a stream. What the caller does not read of a content is passed over. */
export async function* unframe<Head>(stream: AsyncIterable<Buffer>): AsyncGenerator<Section<Head>> {
  const reader = readerOf(stream)
  try {
    for (;;) {
      const length = await lengthAt(reader, longestHead)
      if (length === null) return
      const head = JSON.parse((await exactly(reader, length)).toString()) as Head
      const content = blocksOf(reader)
      yield { head, content }
      for await (const _ of content);
    }
  } finally {
    await reader.close()
  }
}

/** One object for all readers of a content, so that a second loop goes on where the first one stopped. */
function blocksOf(reader: ByteReader): AsyncIterable<Buffer> {
  let isOver = false
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const length = isOver ? 0 : await lengthAt(reader, longestBlock)
    if (length === null) throw incomplete()
    isOver ||= length === 0
    return isOver ? { done: true, value: undefined } : { done: false, value: await exactly(reader, length) }
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

async function lengthAt(reader: ByteReader, most: number): Promise<number | null> {
  const bytes = await reader.upTo(4)
  if (bytes.length === 0) return null
  if (bytes.length < 4 || bytes.readUInt32BE() > most) throw incomplete()
  return bytes.readUInt32BE()
}

async function exactly(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.upTo(length)
  if (bytes.length < length) throw incomplete()
  return bytes
}

const incomplete = () => new BackupRefused('The backup is damaged: what is in it is not whole.')
