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
  const done: Buffer[] = []
  let piece = `${JSON.stringify(rest).slice(0, -1)}${Object.keys(rest).length > 0 ? ',' : ''}"results":[`
  for (const [nth, result] of results.entries()) {
    piece += (nth > 0 ? ',' : '') + JSON.stringify(result)
    if (piece.length < pieceLength) continue
    done.push(Buffer.from(piece))
    piece = ''
    await setImmediate()
  }
  piece += ']}'
  return done.length === 0 ? piece : Buffer.concat([...done, Buffer.from(piece)])
}
