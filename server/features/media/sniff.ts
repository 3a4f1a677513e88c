import type { MediaType } from '../../../contract/index.ts'
import { faultOfDoc } from './content/compound.ts'
import { faultOfDocx } from './content/docx.ts'
import { whyUntaken } from './content/others.ts'
import { faultOfPdf, pdfBegin } from './content/pdf.ts'
import { faultOfPicture, type PictureType } from './content/picture.ts'
import { openPieces, type Pieces } from './content/pieces.ts'
import type { Fault } from './content/verdict.ts'

/** The type of a file, or why it is not accepted and what to do about it. */
export type Sniffed = { type: MediaType } | { why: string }

const headBytes = 64 * 1024

interface Candidate {
  type: MediaType
  faultOf: (file: Pieces) => Promise<Fault>
}

const picture = (type: PictureType): Candidate => ({ type, faultOf: file => faultOfPicture(type, file) })
const pdf: Candidate = { type: 'application/pdf', faultOf: faultOfPdf }
const docx: Candidate = {
  type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  faultOf: faultOfDocx,
}

/** The types that first bytes may indicate, and how the rest is checked; pictures are decoded later. */
const candidates: Record<string, Candidate> = {
  'image/jpeg': picture('image/jpeg'),
  'image/png': picture('image/png'),
  'image/apng': picture('image/png'),
  'image/gif': picture('image/gif'),
  'image/webp': picture('image/webp'),
  'application/x-cfb': { type: 'application/msword', faultOf: faultOfDoc },
}

/** The type of a file by its content. The client's file ending and Content-Type are ignored. */
export async function sniff(path: string): Promise<Sniffed> {
  await using file = await openPieces(path)
  const head = await file.read(0, headBytes)
  const { fileTypeFromBuffer } = await import('file-type')
  const mime = (await fileTypeFromBuffer(head))?.mime
  const candidate = candidateFor(mime, head)
  if (!candidate) return { why: whyUntaken(mime, head.subarray(0, 4096)) }
  const why = await candidate.faultOf(file)
  return why === null ? { type: candidate.type } : { why }
}

const isText = /^(text\/|message\/|application\/(xml|postscript|eps|rtf)$)/

function candidateFor(mime: string | undefined, head: Buffer): Candidate | undefined {
  // What is in front of a PDF may look like text of another kind: a declaration of XML, a line of PostScript.
  if (pdfBegin(head) >= 0 && (mime === undefined || mime === pdf.type || isText.test(mime))) return pdf
  // All of these are zips; their contents distinguish them.
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') return docx
  return candidates[mime ?? '']
}
