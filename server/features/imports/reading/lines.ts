import { parseRow } from './json-row.ts'
import { mostRowCharacters, type Row, tooLarge } from './row.ts'

/** Rows of NDJSON, one per line. Empty lines and comments (`//`) before the first row are skipped. */
export async function* ndjsonRows(text: AsyncIterable<string>): AsyncGenerator<Row> {
  let begun = false
  for await (const { line, content } of linesOf(text)) {
    if (content?.trim() === '' || (!begun && content?.trimStart().startsWith('//'))) continue
    begun = true
    yield content === null ? tooLarge(line) : parseRow(line, content)
  }
}

/** Each line may end in its own way (CRLF, LF, CR), because JSON has none of these inside a text. */
const lineEnd = /\r\n?|\n/g

/** Lines with their numbers. The text of a line that is too long is dropped. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<{ line: number; content: string | null }> {
  let line = 1
  let parts: string[] = []
  let size = 0
  const take = (part: string) => {
    size += part.length
    if (size > mostRowCharacters) parts = []
    else parts.push(part)
  }
  let endsInCr = false
  for await (const chunk of text) {
    if (chunk === '') continue
    // The rest of a line end whose beginning was in the chunk before.
    let from = endsInCr && chunk.startsWith('\n') ? 1 : 0
    for (const { 0: end, index } of chunk.matchAll(lineEnd)) {
      if (index < from) continue
      take(chunk.slice(from, index))
      yield { line: line++, content: size > mostRowCharacters ? null : parts.join('') }
      parts = []
      size = 0
      from = index + end.length
    }
    endsInCr = chunk.endsWith('\r')
    take(chunk.slice(from))
  }
  if (size > 0) yield { line, content: size > mostRowCharacters ? null : parts.join('') }
}
