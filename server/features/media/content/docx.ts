import { faultBehind } from './behind.ts'
import type { Pieces } from './pieces.ts'
import { damaged, type Fault, macros, template } from './verdict.ts'
import { openZip, type Zip } from './zip.ts'

const office = 'application/vnd.openxmlformats-officedocument.'
const document = `${office}wordprocessingml.document.main+xml`

/** Other kinds of main parts, by their content type, and what to do. */
const others: [RegExp, string][] = [
  [/macroEnabled/i, macros],
  [/wordprocessingml\.template|ms-word\.template/i, template],
  [/spreadsheetml|ms-excel/i, 'is an Excel workbook: save it as PDF'],
  [/presentationml|ms-powerpoint/i, 'is a PowerPoint presentation: save it as PDF'],
]
const ofOpenDocument: [RegExp, string][] = [
  [/opendocument\.text/, 'is an OpenDocument text (ODT): save it as DOCX or PDF'],
  [/opendocument\.spreadsheet/, 'is an OpenDocument spreadsheet (ODS): save it as PDF'],
  [/opendocument/, 'is an OpenDocument file: save it as PDF'],
  [/epub/, 'is an e-book (EPUB): save it as PDF'],
]
const packed = 'is an archive (ZIP): unpack it, and send the files in it'

/**
 * What is wrong with a Word document, if anything: a zip whose relations name a main part, which its list of contents
 * declares as the text of a document, and which has no macros. Of everything in the zip only these two lists are
 * decompressed, so a decompression bomb has no effect.
 */
export async function faultOfDocx(file: Pieces): Promise<Fault> {
  const zip = await openZip(file)
  if ('fault' in zip) return zip.fault
  const fault = await faultIn(zip)
  return fault ?? faultBehind(file, zip.end)
}

async function faultIn(zip: Zip): Promise<Fault> {
  if (!zip.names.includes('[Content_Types].xml')) return otherZip(zip)
  const contents = await zip.text('[Content_Types].xml')
  if (contents === null) return damaged
  const main = await mainPartOf(zip)
  const type = main === null ? null : typeOf(main, contents)
  if (zip.names.some(name => /vbaProject|vbaData/i.test(name)) || /macroEnabled/i.test(type ?? '')) return macros
  if (main !== null && type?.toLowerCase() === document)
    return zip.names.some(name => same(name, main)) ? null : damaged
  const [, why = damaged] = others.find(([kind]) => kind.test(type ?? contents)) ?? []
  return why
}

async function otherZip(zip: Zip): Promise<string> {
  const kind = (await zip.text('mimetype')) ?? ''
  const [, why] = ofOpenDocument.find(([pattern]) => pattern.test(kind)) ?? []
  if (why !== undefined) return why
  return zip.names.some(name => /^Index\/|^Index\.zip$/.test(name))
    ? 'is a document of Pages, Numbers or Keynote: export it as DOCX or PDF'
    : packed
}

/** Names of parts are compared without case (OPC). */
const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const attribute = (tag: string, name: string): string | null => {
  const [, , value] = new RegExp(`\\s${name}\\s*=\\s*(["'])(.*?)\\1`, 's').exec(tag) ?? []
  return value ?? null
}

/** The part that `_rels/.rels` names as the document; without such a list the usual place. */
async function mainPartOf(zip: Zip): Promise<string | null> {
  const relations = await zip.text('_rels/.rels')
  if (relations === null) return zip.names.includes('_rels/.rels') ? null : 'word/document.xml'
  for (const [tag] of relations.matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    const target = attribute(tag, 'Target')
    if (target !== null && attribute(tag, 'Type')?.endsWith('/officeDocument')) return target.replace(/^\.?\//, '')
  }
  return null
}

/** The content type of a part by its own name, otherwise by its file ending. */
function typeOf(part: string, contents: string): string | null {
  let byEnding: string | null = null
  for (const [tag, kind] of contents.matchAll(/<(?:\w+:)?(Override|Default)\s[^>]*>/g)) {
    const type = attribute(tag, 'ContentType')
    if (kind === 'Override' && same(attribute(tag, 'PartName')?.replace(/^\//, '') ?? '', part)) return type
    if (kind === 'Default' && same(attribute(tag, 'Extension') ?? '', part.split('.').at(-1)!)) byEnding = type
  }
  return byEnding
}
