import { beginsAsPage, faultBehind, lastMatch } from './behind.ts'
import { asksForPassword } from './pdf-password.ts'
import type { Pieces } from './pieces.ts'
import { cut, damaged, type Fault, locked } from './verdict.ts'

/** Readers look for the header in this many bytes. */
const mostInFront = 1024

/**
 * Where a PDF begins in the first bytes of a file; -1 if it is not a PDF. As after its end, data that readers skip may
 * stand before it, such as a byte order mark, padding or the header of a print job; but no web page or script.
 */
export function pdfBegin(head: Buffer): number {
  const text = head.subarray(0, mostInFront + 8).toString('latin1')
  const at = text.search(/%PDF-[12]\.\d/)
  const front = text.slice(0, Math.max(0, at))
  return at <= mostInFront && !beginsAsPage(front) && !/<(script|html|body|svg|img|iframe)\b/i.test(front) ? at : -1
}

/**
 * The place of the last cross-reference table, and the final mark, perhaps after a comment. The comment is bounded and
 * ends with its line, because otherwise the time would grow with the square of the text.
 */
const lastTable = /startxref\s+([1-9]\d{0,10})(\s*(?:%(?!%EOF)[^\r\n]{0,100}[\r\n]\s*)?%%EOF)?/g

/** Whether there is a cross-reference table; its place is counted from the beginning of the file or of the document. */
async function isTableAt(file: Pieces, place: number): Promise<boolean> {
  const begin = pdfBegin(await file.read(0, mostInFront + 8))
  const beginnings = await Promise.all([place, place + begin].map(at => file.read(at, 512)))
  return beginnings.some(bytes => /^\s*(xref\b|\d+\s+\d+\s+obj\b[^]*?\/XRef\b)/.test(bytes.toString('latin1')))
}

/**
 * What is wrong with a PDF, if anything. A complete document begins and ends as a PDF and says where its
 * cross-reference table is. A document made for viewing while it loads has an end mark near its beginning too, which
 * gives no place (0). Readers accept a missing final mark (%%EOF). Without that mark the place must be right, because
 * the file may be truncated.
 */
export async function faultOfPdf(file: Pieces): Promise<Fault> {
  const end = await lastMatch(file, lastTable, 200)
  if (!end) return cut
  const table = Number(end.match[1])
  if (end.match[2] === undefined && !(await isTableAt(file, table))) return cut
  if (table >= file.size) return damaged
  if (await asksForPassword(file)) return locked
  return faultBehind(file, end.at + end.match[0].length)
}
