import { limits } from '../../contract/index.ts'

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
/** `[` and `{`, and their ends, differ in one bit. */
const bracketBit = 0x20
const [opening, closing] = [0x7b, 0x7d]

/** What a JSON text would cost to parse. Of a text that is no JSON the figures mean nothing. */
export interface JsonScan {
  /** How many commas and colons there are: about as many values and fields. Counting ends beyond the limit. */
  values: number
  /** Levels of nesting. */
  depth: number
  /** The outermost field in which it is nested deepest; null when that is not in a field. */
  deepestField: string | null
  /** Each bracket that was opened was closed. */
  closed: boolean
}

/**
 * Looks through a JSON text without making its values. A megabyte of brackets takes `JSON.parse` a third of a second,
 * and one of small fields a twentieth, in which nobody else is answered; this takes some milliseconds.
 *
 * @param fieldLevel how deep the outermost object stands: 1 where it is the whole
 */
export function scanJson(text: Buffer, fieldLevel = 1): JsonScan {
  let [values, level, depth] = [0, 0, 0]
  // Where the name of the present outermost field stands, and that of the deepest one.
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
 * Whether a text may be parsed.
 *
 * @param part how the whole is called in errors
 * @returns null when it may; `broken` when it cannot be JSON; otherwise what is wrong with which field
 */
export function judgeJson(text: Buffer, part: string, fieldLevel = 1): Unfit | 'broken' | null {
  const { values, depth, deepestField, closed } = scanJson(text, fieldLevel)
  if (values > limits.jsonValues)
    return { fault: 'values', field: part, message: `may have at most ${limits.jsonValues} values` }
  // The arrays or objects around the outermost one do not count.
  if (depth <= limits.jsonDepth + fieldLevel - 1) return null
  if (!closed) return 'broken'
  const message = `must not be nested deeper than ${limits.jsonDepth} levels`
  return { fault: 'depth', field: deepestField ?? part, message }
}

/** Where a string ends that begins at `at`; the end of the text when it does not. */
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
