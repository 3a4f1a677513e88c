import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { StartError } from '../kernel/start-error.ts'

export interface Line {
  /** From 1, as editors count. */
  number: number
  text: string
}

const newline = 0x0a

/**
 * The lines of a text file, plain or `.gz`, without those that are blank. Cut at line feeds and nowhere else: `readline`
 * also cuts at U+2028 and U+2029, which JSON strings may contain as they are.
 */
export async function* textLines(file: string): AsyncGenerator<Line> {
  const raw = createReadStream(file)
  const source = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  raw.on('error', error => source.destroy(error))
  let number = 0
  let begun: Buffer[] = []
  const line = function* (end: Buffer): Generator<Line> {
    number += 1
    const text = Buffer.concat([...begun, end]).toString('utf8')
    begun = []
    if (text.trim() !== '') yield { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text }
  }
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        yield* line(chunk.subarray(from, at))
        from = at + 1
      }
      if (from < chunk.length) begun.push(chunk.subarray(from))
    }
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`)
  }
  if (begun.length > 0) yield* line(Buffer.alloc(0))
}
