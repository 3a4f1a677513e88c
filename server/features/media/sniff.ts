import { fileTypeFromFile } from 'file-type'
import type { MediaType } from '../../../contract/index.ts'
import { isWordDocument } from './content/compound.ts'
import { isPdf } from './content/pdf.ts'
import { openPieces, type Pieces } from './content/pieces.ts'
import { isDocx } from './content/zip.ts'

/** What first bytes may turn out to be, and how the rest is checked; pictures are decoded later. */
const candidates: Record<string, { type: MediaType; check?: (file: Pieces) => Promise<boolean> }> = {
  'image/jpeg': { type: 'image/jpeg' },
  'image/png': { type: 'image/png' },
  'image/apng': { type: 'image/png' },
  'image/gif': { type: 'image/gif' },
  'image/webp': { type: 'image/webp' },
  'application/pdf': { type: 'application/pdf', check: isPdf },
  'application/x-cfb': { type: 'application/msword', check: isWordDocument },
  'application/zip': docx(),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': docx(),
}

function docx() {
  const type: MediaType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  return { type, check: isDocx }
}

/**
 * What a file is by its content; null when that is nothing that we take. What the client calls it, by its ending or by
 * Content-Type, is not asked.
 */
export async function sniff(path: string): Promise<MediaType | null> {
  const candidate = candidates[(await fileTypeFromFile(path))?.mime ?? '']
  if (!candidate?.check) return candidate?.type ?? null
  await using file = await openPieces(path)
  return (await candidate.check(file)) ? candidate.type : null
}
