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
  for await (const chunk of text) {
    let from = 0
    for (let to = chunk.indexOf('\n'); to >= 0; to = chunk.indexOf('\n', from)) {
      take(chunk.slice(from, to))
      yield { line: line++, content: size > mostRowCharacters ? null : parts.join('') }
      parts = []
      size = 0
      from = to + 1
    }
    take(chunk.slice(from))
  }
  if (size > 0) yield { line, content: size > mostRowCharacters ? null : parts.join('') }
}
