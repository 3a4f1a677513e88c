import type { ByteRange } from '../../ports/storage.ts'

/**
 * The part of a file that a Range header asks for. Several ranges are not supported: then, and for an invalid header,
 * the answer is the whole file (RFC 9110, 14.2).
 *
 * @returns null for the whole file, `unsatisfiable` when the range is outside of the file
 */
export function byteRange(header: string, size: number): ByteRange | null | 'unsatisfiable' {
  const [matched, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.replace(/\s/g, '')) ?? []
  if (matched === undefined || (first === '' && last === '')) return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length > 0 ? { start: size - length, end: size - 1 } : 'unsatisfiable'
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return null
  if (start >= size) return 'unsatisfiable'
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
