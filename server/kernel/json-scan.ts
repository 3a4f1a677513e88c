import { limits } from '../../contract/index.ts'

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
/** `[` and `{` differ in one bit, and so do their ends. */
const bracketBit = 0x20
const [opening, closing] = [0x7b, 0x7d]

/** The cost of parsing a JSON text. For a text that is not JSON the figures mean nothing. */
export interface JsonScan {
  /**
   * The number of commas and colons, which is about the number of values and fields. Counting ends beyond the limit.
   */
  values: number
  /** Levels of nesting. */
  depth: number
  /** The outermost field that has the deepest nesting; null when the deepest place is not in a field. */
  deepestField: string | null
  /** Whether each opened bracket was closed. */
  closed: boolean
}

/**
 * Scans a JSON text without creating its values. `JSON.parse` takes a third of a second for a megabyte of brackets and
 * a twentieth for one of small fields, during which nobody else is answered; this scan takes some milliseconds.
 *
 * @param fieldLevel the depth of the outermost object: 1 when it is the whole text
 */
export function scanJson(text: Buffer, fieldLevel = 1): JsonScan {
  let [values, level, depth] = [0, 0, 0]
  // The position of the name of the present outermost field, and of the field with the deepest nesting.
  let [name, deepest]: ([begin: number, end: number] | null)[] = [null, null]
  for (let at = 0; at < text.length && values <= limits.jsonValues; at++) {
    const char = text[at]!
    if (char === quote) {
      const end = endOfString(text, at)
      if (level === fieldLevel && isFollowedByColon(text, end)) name = [at, end]
      at = end
    } else if (char === comma || char === colon) values++
    else if ((char | bracketBit) === opening) {
      if (++level > depth) {
        depth = level
        deepest = name
      }
    } else if ((char | bracketBit) === closing) level--
  }
  return { values, depth, deepestField: deepest ? nameIn(text, ...deepest) : null, closed: level === 0 }
}

export type Unfit = { fault: 'values' | 'depth'; field: string; message: string }

/**
 * Checks whether a text may be parsed.
 *
 * @param part the name of the whole text in errors
 * @returns null when it may; `broken` when it cannot be JSON; otherwise the fault and its field
 */
export function judgeJson(text: Buffer, part: string, fieldLevel = 1): Unfit | 'broken' | null {
  const { values, depth, deepestField, closed } = scanJson(text, fieldLevel)
  if (values > limits.jsonValues)
    return { fault: 'values', field: part, message: `may have at most ${limits.jsonValues} values` }
  // The arrays or objects around the outermost object do not count.
  if (depth <= limits.jsonDepth + fieldLevel - 1) return null
  if (!closed) return 'broken'
  const message = `must not be nested deeper than ${limits.jsonDepth} levels`
  return { fault: 'depth', field: deepestField ?? part, message }
}

/** The end of the string that begins at `at`; the end of the text when the string does not end. */
function endOfString(text: Buffer, at: number): number {
  for (let end = text.indexOf(quote, at + 1); end !== -1; end = text.indexOf(quote, end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === backslash) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

function isFollowedByColon(text: Buffer, end: number): boolean {
  let at = end + 1
  while (text[at] === 0x20 || text[at] === 0x0a || text[at] === 0x0d || text[at] === 0x09) at++
  return text[at] === colon
}

const longestName = 1_000

function nameIn(text: Buffer, begin: number, end: number): string | null {
  try {
    return end - begin > longestName ? null : (JSON.parse(text.toString('utf8', begin, end + 1)) as string)
  } catch {
    return null
  }
}
