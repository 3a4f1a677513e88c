import { unreadable } from './fault.ts'
import { parseRow } from './json-row.ts'
import { mostRowCharacters, type Row, tooLarge } from './row.ts'

/**
 * The elements of JSON's outermost array (`list` is ''), or of the arrays right in its outermost object (`list` is the
 * key), one by one as the text comes in. It only finds where each begins and ends, and what it is is for `JSON.parse`: so
 * memory is bounded by one row, whatever is in the file, and each row knows its line, which token parsers do not tell.
 *
 * @throws AppError `validation_error` for text that is not JSON from one element to the next
 */
export async function* jsonElements(text: AsyncIterable<string>): AsyncGenerator<{ list: string; row: Row }> {
  let line = 1
  let depth = 0
  let root = ''
  let inString = false
  let escaped = false
  /** Of an outermost object: the key that was read last, and whether one may come. */
  let key = ''
  let readsKey = false
  let mayBeKey = false
  /** The array whose elements are wanted, if we are in one, and the depth of what stands in it. */
  let list: string | null = null
  let listDepth = 0
  /** The element that has begun. */
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
      if (began > 0 || list === null || depth !== listDepth) return
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
      if (inString) {
        if (escaped) escaped = false
        else if (code === 0x5c) escaped = true
        else if (code === 0x22) {
          inString = false
          readsKey = false
        }
        if (readsKey && key.length < 100) key += chunk.charAt(at)
        continue
      }
      switch (code) {
        case 0x22:
          if (depth === 0) throw unreadable('there is no list', line)
          begin(at)
          inString = true
          if (mayBeKey && depth === 1 && list === null) {
            key = ''
            readsKey = true
          }
          break
        case 0x5b:
        case 0x7b:
          if (depth === 0 && root !== '') throw unreadable('there is more than one value', line)
          begin(at)
          depth++
          if (depth === 1) root = chunk.charAt(at)
          if (list === null && code === 0x5b && (depth === 1 || (depth === 2 && root === '{'))) {
            list = depth === 1 ? '' : key
            listDepth = depth
          } else if (depth === 1) mayBeKey = true
          break
        case 0x5d:
        case 0x7d:
          if (depth === 0) throw unreadable('it closes what was not opened', line)
          if (list !== null && depth === listDepth) {
            if (code !== 0x5d) throw unreadable('a list is not closed', line)
            if (began > 0) yield { list, row: finish(at) }
            list = null
          }
          depth--
          break
        case 0x2c:
          if (list !== null && depth === listDepth) {
            if (began === 0) throw unreadable('a value is missing', line)
            yield { list, row: finish(at) }
          } else if (depth === 1) mayBeKey = true
          break
        case 0x3a:
          if (depth === 1) mayBeKey = false
          break
        case 0x09:
        case 0x0a:
        case 0x0d:
        case 0x20:
          break
        default:
          if (depth === 0) throw unreadable('it is not JSON', line)
          begin(at)
      }
    }
    if (began > 0) keep(chunk.length)
  }
  if (depth > 0) throw unreadable('it ends in the middle', line)
  if (root === '') throw unreadable('it is empty')
}

/** The elements of one list. */
export async function* elementsOf(text: AsyncIterable<string>, wanted: string): AsyncGenerator<Row> {
  for await (const { list, row } of jsonElements(text)) if (list === wanted) yield row
}
