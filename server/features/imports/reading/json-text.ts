import { unreadable } from './fault.ts'

/** What may come next, outside of the searched lists. */
type Next = 'value' | 'key or end' | 'key' | 'colon' | 'comma or end'

/**
 * Reads JSON's outermost objects as far as they contain lists: it tracks at which key the text is, and throws where the
 * text is not JSON. It does not check the contents of lists.
 */
export interface JsonText {
  /** The keys that lead to the present place, with points; '' for the outermost value. */
  readonly path: string
  /** Takes one more character. @returns true when a list begins with it. @throws AppError `validation_error` */
  take(code: number, line: number): boolean
  /** The list that `take` reported has ended. */
  listEnded(): void
  /** @throws AppError `validation_error` when something is missing */
  end(line: number): void
}

const mostKey = 100
const mostLiteral = 100
const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isHex = (code: number) => /[\da-f]/i.test(String.fromCharCode(code))

export function createJsonText(mostDepth: number): JsonText {
  const keys: string[] = []
  /** The type of the outermost value: `{` or `[`; all following values must have the same. */
  let root = 0
  let inList = false
  let next: Next = 'value'
  let key: string | null = null
  let word = ''
  let comment: 'none' | 'half' | 'whole' = 'none'
  /** Inside a string: what of an escape sequence is still to come. */
  let string: { escape: 'none' | 'begun' | number } | null = null

  const notJson = (line: number) => unreadable('it is not JSON', line)
  /** A value is complete; sets what may come next. */
  const ended = () => (next = 'comma or end')

  function inString(code: number, line: number) {
    const state = string!
    if (typeof state.escape === 'number') {
      if (!isHex(code)) throw notJson(line)
      state.escape = state.escape === 1 ? 'none' : state.escape - 1
    } else if (state.escape === 'begun') {
      if (!'"\\/bfnrtu'.includes(String.fromCharCode(code))) throw notJson(line)
      state.escape = code === 0x75 ? 4 : 'none'
    } else if (code === 0x22) {
      string = null
      if (next === 'key' || next === 'key or end') next = 'colon'
      else ended()
      return
    } else if (code < 0x20) throw notJson(line)
    else if (code === 0x5c) state.escape = 'begun'
    if (key !== null && key.length < mostKey && (next === 'key' || next === 'key or end'))
      key += String.fromCharCode(code)
  }

  function finishWord(line: number) {
    if (word === '') return
    if (next !== 'value' || keys.length === 0 || !literal.test(word)) throw notJson(line)
    word = ''
    ended()
  }

  function outermost(code: number, line: number): boolean {
    if (code === 0x2f && root === 0) comment = 'half'
    else if (code === 0x5b || code === 0x7b) {
      if (root !== 0 && root !== code) throw unreadable('there is more than one value', line)
      root = code
      if (code === 0x5b) return (inList = true)
      keys.push('')
      next = 'key or end'
    } else if (root !== 0) throw unreadable('there is more than one value', line)
    else if (code === 0x22) throw unreadable('there is no list', line)
    else if (code === 0x5d || code === 0x7d) throw unreadable('it closes what was not opened', line)
    else throw notJson(line)
    return false
  }

  return {
    get path() {
      return keys.join('.')
    },

    take(code, line) {
      if (comment !== 'none') {
        if (comment === 'half' && code !== 0x2f) throw notJson(line)
        comment = code === 0x0a ? 'none' : 'whole'
        return false
      }
      if (string) {
        inString(code, line)
        return false
      }
      if (isSpace(code)) {
        finishWord(line)
        return false
      }
      if (keys.length === 0) return outermost(code, line)
      switch (code) {
        case 0x22: // "
          if (word !== '' || next === 'colon' || next === 'comma or end') throw notJson(line)
          if (next !== 'value') key = ''
          string = { escape: 'none' }
          return false
        case 0x7b: // {
        case 0x5b: // [
          if (word !== '' || next !== 'value') throw notJson(line)
          if (code === 0x5b) return (inList = true)
          if (keys.length >= mostDepth) throw unreadable(`it is nested deeper than ${mostDepth} levels`, line)
          keys.push('')
          next = 'key or end'
          return false
        case 0x7d: // }
          finishWord(line)
          if (next !== 'key or end' && next !== 'comma or end') throw notJson(line)
          keys.pop()
          ended()
          return false
        case 0x2c: // ,
          finishWord(line)
          if (next !== 'comma or end') throw notJson(line)
          next = 'key'
          return false
        case 0x3a: // :
          if (next !== 'colon') throw notJson(line)
          keys[keys.length - 1] = key ?? ''
          next = 'value'
          return false
        default:
          word += String.fromCharCode(code)
          if (next !== 'value' || word.length > mostLiteral) throw notJson(line)
          return false
      }
    },

    listEnded() {
      inList = false
      if (keys.length > 0) ended()
    },

    end(line) {
      if (inList || string || keys.length > 0) throw unreadable('it ends in the middle', line)
      if (comment === 'half') throw notJson(line)
      if (root === 0) throw unreadable('it is empty')
    },
  }
}
