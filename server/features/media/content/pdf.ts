import type { Pieces } from './pieces.ts'

/** A document that begins as one and ends as one: with where its table of objects is, and no other thing behind it. */
export async function isPdf(file: Pieces): Promise<boolean> {
  const [head, tail] = [await file.read(0, 8), await file.read(Math.max(0, file.size - 1024), 1024)]
  return /^%PDF-[12]\.\d/.test(head.toString('latin1')) && /startxref\s+\d+\s+%%EOF\s*$/.test(tail.toString('latin1'))
}
