import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../../kernel/errors.ts'
import { unreadable } from './fault.ts'
import { refuseForeign } from './foreign.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** The encoding by the byte order mark; without one it is UTF-8. */
const encodingOf = (head: Uint8Array): Encoding =>
  head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8'

/**
 * The beginning of a file as text, without the byte order mark.
 *
 * @throws AppError `unsupported_media_type` when it is of another kind, or not text
 */
export function beginningOf(head: Buffer): string {
  refuseForeign(head)
  const encoding = encodingOf(head)
  // A single NUL is a fault of its row only.
  const nuls = head.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0)
  if (encoding === 'utf-8' && nuls > head.length / 10)
    throw new AppError('unsupported_media_type', 'Send text: UTF-8, or UTF-16 with a byte order mark.')
  return new TextDecoder(encoding).decode(head, { stream: true })
}

/** About two milliseconds of reading. */
const pieceBytes = 16 * 1024

/** Splits a chunk into pieces; other work gets its turn before each further piece. */
async function* piecesOf(chunk: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < chunk.length; from += pieceBytes) {
    if (from > 0) await setImmediate()
    yield chunk.subarray(from, from + pieceBytes)
  }
}

/**
 * The text of a file in pieces, without the byte order mark.
 *
 * @param known the encoding, when no mark tells it
 * @throws AppError `validation_error` where it is not text
 */
export async function* textOf(file: Readable, known?: Encoding): AsyncGenerator<string> {
  let decoder = known && new TextDecoder(known)
  let head = Buffer.alloc(0)
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      const bytes: Buffer = decoder ? chunk : (head = Buffer.concat([head, chunk]))
      if (!decoder && head.length < 2) continue
      decoder ??= new TextDecoder(encodingOf(head), { fatal: true })
      for await (const piece of piecesOf(bytes)) yield decoder.decode(piece, { stream: true })
    }
    if (!decoder) yield new TextDecoder('utf-8', { fatal: true }).decode(head)
    else yield decoder.decode()
  } catch (error) {
    throw error instanceof TypeError
      ? unreadable('it is not UTF-8, nor UTF-16 with a byte order mark; in Excel, save it as CSV UTF-8')
      : error
  } finally {
    file.destroy()
  }
}
