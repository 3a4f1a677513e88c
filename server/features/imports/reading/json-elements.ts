import { limits } from '../../../../contract/index.ts'
import { unreadable } from './fault.ts'
import { isNotJson, parseRow } from './json-row.ts'
import { createJsonText } from './json-text.ts'
import { mostRowCharacters, type Row, tooLarge } from './row.ts'

/**
 * Yields the elements of JSON's outermost array (`list` is ''), or of the arrays at keys of its outermost object
 * (`list` is the path of the keys, with points), one by one as the text arrives. It only finds where an element begins
 * and ends; `JSON.parse` reads the element. So memory is bounded by one row, whatever the file contains, and each row
 * has its line number, which token parsers do not give. Several values of one kind, as `gh api --paginate` writes them,
 * are read one after the other.
 *
 * @throws AppError `validation_error` for text that is not JSON outside of elements
 */
export async function* jsonElements(text: AsyncIterable<string>): AsyncGenerator<{ list: string; row: Row }> {
  const outside = createJsonText(limits.jsonDepth)
  let line = 1
  /** The array that the text is in. */
  let list: string | null = null
  let depth = 0
  let inString = false
  let escaped = false
  let afterComma = false
  /** The line of the element that has begun. */
  let began = 0
  let parts: string[] = []
  let size = 0

  for await (const chunk of text) {
    let from = 0
    const keep = (to: number) => {
      size += to - from
      if (size > mostRowCharacters) parts = []
      else parts.push(chunk.slice(from, to))
    }
    const begin = (at: number) => {
      if (began > 0) return
      began = line
      from = at
    }
    const finish = (at: number): Row => {
      keep(at)
      const [startedAt, content, large] = [began, parts.join(''), size > mostRowCharacters]
      began = 0
      parts = []
      size = 0
      return large ? tooLarge(startedAt) : parseRow(startedAt, content)
    }

    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (code === 0x0a) line++
      if (list === null) {
        if (outside.take(code, line)) list = outside.path
        continue
      }
      if (inString) {
        if (escaped) escaped = false
        else if (code === 0x5c) escaped = true
        else if (code === 0x22) inString = false
        continue
      }
      switch (code) {
        case 0x22:
          begin(at)
          inString = true
          break
        case 0x5b:
        case 0x7b:
          begin(at)
          depth++
          break
        case 0x5d:
        case 0x7d:
          if (depth > 0) {
            depth--
            break
          }
          if (code !== 0x5d) throw unreadable('a list is not closed', line)
          if (began > 0) yield { list, row: finish(at) }
          else if (afterComma) throw unreadable('a value is missing', line)
          list = null
          afterComma = false
          outside.listEnded()
          break
        case 0x2c:
          if (depth > 0) break
          if (began === 0) throw unreadable('a value is missing', line)
          yield { list, row: finish(at) }
          afterComma = true
          break
        case 0x09:
        case 0x0a:
        case 0x0d:
        case 0x20:
          break
        default:
          begin(at)
      }
    }
    if (began > 0) keep(chunk.length)
  }
  outside.end(line)
}

/** The elements of one list. @throws AppError `validation_error` when any other text is not JSON */
export async function* elementsOf(
  text: AsyncIterable<string>,
  wanted: string,
  onOther: (list: string, line: number) => void = () => {},
): AsyncGenerator<Row> {
  for await (const { list, row } of jsonElements(text)) {
    if (list === wanted) yield row
    else if (isNotJson(row)) throw unreadable('it is not JSON', row.line)
    else onOther(list, row.line)
  }
}

/** At most this many other lists are reported. */
const mostOthers = 20

/** The same, and at the end a row for each other list, which says how much of the file was skipped. */
export async function* elementsAmongOthers(text: AsyncIterable<string>, wanted: string): AsyncGenerator<Row> {
  const others = new Map<string, { line: number; count: number }>()
  yield* elementsOf(text, wanted, (list, line) => {
    const other = others.get(list) ?? (others.size < mostOthers ? { line, count: 0 } : undefined)
    if (other) others.set(list, { ...other, count: other.count + 1 })
  })
  for (const [list, { line, count }] of others)
    yield {
      line,
      passed: `begins the list \`${list}\` (${count}), which was passed over: the tasks are in \`${wanted}\``,
    }
}
