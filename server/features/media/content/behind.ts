import type { Pieces } from './pieces.ts'
import { type Fault, page } from './verdict.ts'

const pieceBytes = 64 * 1024

/** Zero bytes, white space, and the Ctrl-Z of old systems. */
const isPadding = (byte: number) => byte === 0 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x20 || byte === 0x1a

export const beginsAsPage = (text: string) =>
  /^(ï»¿)?\s*<(!doctype|!--|\?php|\?=|html|head|body|script|style|svg|iframe|object|embed|img|div|table|a |p>|h1|meta|link|title)/i.test(
    text,
  )

/**
 * One rule for every format: after its end there may be data that readers skip, such as padding, the data that phones
 * append to photos, or the end of a print job; but no web page or script.
 */
export async function faultBehind(file: Pieces, end: number): Promise<Fault> {
  for (let at = end; at < file.size; at += pieceBytes) {
    const piece = await file.read(at, pieceBytes)
    const first = piece.findIndex(byte => !isPadding(byte))
    if (first < 0) continue
    const beginning = await file.read(at + first, 64)
    return beginsAsPage(beginning.toString('latin1')) ? page : null
  }
  return null
}

/** The last occurrence that begins before `before`; -1 if there is none. @param most bytes of the longest of it */
export async function lastMatch(
  file: Pieces,
  pattern: RegExp,
  most: number,
  before = file.size,
): Promise<{ at: number; match: RegExpExecArray } | null> {
  for (let to = before; to > 0; to -= pieceBytes) {
    const from = Math.max(0, to - pieceBytes)
    const text = (await file.read(from, to - from + most)).toString('latin1')
    const last = [...text.matchAll(pattern)].filter(({ index }) => from + index < to).at(-1)
    if (last) return { at: from + last.index, match: last }
  }
  return null
}
