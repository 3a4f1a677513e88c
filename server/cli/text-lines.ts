import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { StartError } from '../kernel/start-error.ts'

export interface Line {
  /** Counted from 1, as in editors. */
  number: number
  text: string
}

const newline = 0x0a

/**
 * Checks, before anything is sent, that the file has one object per line and is not one list or object over many lines.
 *
 * @throws StartError with what to do
 */
export async function assertOneALine(file: string): Promise<void> {
  for await (const { text } of textLines(file)) {
    if (/^\s*(\[|\{\s*$)/.test(text))
      throw new StartError(
        `${file} is one list or object. Give one object a line, as \`jq -c '.[]'\` makes them, or import the file on the page.`,
      )
    return
  }
}

/**
 * The lines of a text file, plain or `.gz`, without blank lines and without comments (`//`) at the beginning. Lines end
 * at line feeds only: `readline` also splits at U+2028 and U+2029, which JSON strings may contain unescaped.
 */
export async function* textLines(file: string): AsyncGenerator<Line> {
  const raw = createReadStream(file)
  const source = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  raw.on('error', error => source.destroy(error))
  let number = 0
  let hasBegun = false
  let begun: Buffer[] = []
  const line = function* (end: Buffer): Generator<Line> {
    number += 1
    const text = Buffer.concat([...begun, end]).toString('utf8')
    begun = []
    const plain = number === 1 ? text.replace(/^\uFEFF/, '') : text
    if (plain.trim() === '' || (!hasBegun && plain.trimStart().startsWith('//'))) return
    hasBegun = true
    yield { number, text: plain }
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
