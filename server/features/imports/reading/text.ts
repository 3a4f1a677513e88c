import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../../kernel/errors.ts'
import { unreadable } from './fault.ts'

const encodings = ['utf-8', 'utf-16le', 'utf-16be'] as const
type Encoding = (typeof encodings)[number]

/** By its byte order mark; without one it is UTF-8. */
const encodingOf = (head: Uint8Array): Encoding =>
  head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8'

const packed = [
  [0x1f, 0x8b],
  [0x50, 0x4b],
  [0x42, 0x5a, 0x68],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x37, 0x7a, 0xbc, 0xaf],
]

/**
 * The beginning of a file as text, without its mark.
 *
 * @throws AppError `unsupported_media_type` when it is packed, or no text at all
 */
export function beginningOf(head: Uint8Array): string {
  if (packed.some(magic => magic.every((byte, nth) => head[nth] === byte)))
    throw new AppError('unsupported_media_type', 'Unpack the file first.')
  const encoding = encodingOf(head)
  // A single NUL is the fault of its row.
  const nuls = head.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0)
  if (encoding === 'utf-8' && nuls > head.length / 10)
    throw new AppError('unsupported_media_type', 'Send text: UTF-8, or UTF-16 with a byte order mark.')
  return new TextDecoder(encoding).decode(head, { stream: true })
}

/** Some two milliseconds of reading. */
const pieceBytes = 16 * 1024

/** A chunk in pieces; before each further one it is everybody else's turn. */
async function* piecesOf(chunk: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < chunk.length; from += pieceBytes) {
    if (from > 0) await setImmediate()
    yield chunk.subarray(from, from + pieceBytes)
  }
}

/** The text of a file in pieces, without its mark. @throws AppError `validation_error` where it is none */
export async function* textOf(file: Readable): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let head = Buffer.alloc(0)
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      const bytes: Buffer = decoder ? chunk : (head = Buffer.concat([head, chunk]))
      if (!decoder && head.length < 2) continue
      decoder ??= new TextDecoder(encodingOf(head), { fatal: true })
      for await (const piece of piecesOf(bytes)) yield decoder.decode(piece, { stream: true })
    }
    decoder ??= new TextDecoder('utf-8', { fatal: true })
    yield head.length < 2 ? decoder.decode(head) : decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? unreadable('it is not UTF-8, nor UTF-16 with a byte order mark') : error
  } finally {
    file.destroy()
  }
}
