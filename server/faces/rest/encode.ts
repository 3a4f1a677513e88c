import { setImmediate } from 'node:timers/promises'

/** The number of characters that are encoded before other requests get a turn; about a millisecond of work. */
const pieceLength = 128 * 1024

interface List {
  results: readonly unknown[]
}

export const isList = (answer: unknown): answer is List =>
  typeof answer === 'object' && answer !== null && Array.isArray((answer as List).results)

/**
 * The JSON of a list, encoded in pieces: a list of several megabytes would otherwise block every other request. A long
 * one is returned as a buffer, which takes half the memory of the text while it waits for its client.
 */
export async function encodeList({ results, ...rest }: List): Promise<string | Buffer> {
  let text = Buffer.alloc(0)
  let used = 0
  /** Pieces that are joined at the end would be garbage as large as the list, and joining them takes milliseconds. */
  function append(piece: string, written: number) {
    const length = used + Buffer.byteLength(piece)
    if (length > text.length) {
      // As long as all will be if the rest is like what was written.
      const larger = Buffer.allocUnsafeSlow(Math.ceil((length / written) * results.length * 1.05))
      text.copy(larger, 0, 0, used)
      text = larger
    }
    used += text.write(piece, used)
  }

  let piece = `${JSON.stringify(rest).slice(0, -1)}${Object.keys(rest).length > 0 ? ',' : ''}"results":[`
  for (const [nth, result] of results.entries()) {
    piece += (nth > 0 ? ',' : '') + JSON.stringify(result)
    if (piece.length < pieceLength) continue
    append(piece, nth + 1)
    piece = ''
    await setImmediate()
  }
  piece += ']}'
  if (used === 0) return piece
  append(piece, results.length)
  return text.subarray(0, used)
}
