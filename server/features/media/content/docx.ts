import { faultBehind } from './behind.ts'
import type { Pieces } from './pieces.ts'
import { damaged, type Fault, macros, template } from './verdict.ts'
import { openZip, type Zip } from './zip.ts'

const office = 'application/vnd.openxmlformats-officedocument.'
const document = `${office}wordprocessingml.document.main+xml`

/** Other kinds of main parts, by their content type, and what to do. */
const others: [RegExp, string][] = [
  [/spreadsheetml|ms-excel/i, 'is an Excel workbook: save it as PDF'],
  [/presentationml|ms-powerpoint/i, 'is a PowerPoint presentation: save it as PDF'],
  [/ms-visio/i, 'is a Visio drawing: save it as PDF'],
  [/xps-fixeddocument/i, 'is an XPS document: save it as PDF'],
  [/macroEnabled/i, macros],
  [/wordprocessingml\.template|ms-word\.template/i, template],
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
  const list = nameOf(zip, '[Content_Types].xml')
  if (list === undefined) return otherZip(zip)
  const contents = await zip.text(list)
  if (contents === null) return damaged
  const main = await mainPartOf(zip)
  const type = main === null ? null : typeOf(main, contents)
  const isDocument = main !== null && type?.toLowerCase() === document
  const [, why] = (isDocument ? undefined : others.find(([kind]) => kind.test(type ?? contents))) ?? []
  if (why !== undefined) return why
  if (zip.names.some(name => /vbaProject|vbaData/i.test(name))) return macros
  return isDocument && nameOf(zip, main) !== undefined ? null : damaged
}

async function otherZip(zip: Zip): Promise<string> {
  const kind = (await zip.text('mimetype')) ?? ''
  const [, why] = ofOpenDocument.find(([pattern]) => pattern.test(kind)) ?? []
  if (why !== undefined) return why
  return zip.names.some(name => /^Index\/|^Index\.zip$/.test(name))
    ? 'is a document of Pages, Numbers or Keynote: export it as DOCX or PDF'
    : packed
}

/** Names of parts are compared without case, and may be escaped as in an address (OPC). */
const same = (one: string, other: string) => plainName(one) === plainName(other)
const nameOf = (zip: Zip, part: string) => zip.names.find(one => same(one, part))

function plainName(name: string): string {
  try {
    return decodeURIComponent(name).toLowerCase()
  } catch {
    return name.toLowerCase()
  }
}

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const entity = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi

const attribute = (tag: string, name: string): string | null => {
  const [, , value] = new RegExp(`\\s${name}\\s*=\\s*(["'])(.*?)\\1`, 's').exec(tag) ?? []
  if (value === undefined) return null
  return value.replace(entity, (whole, decimal?: string, hexadecimal?: string, sign?: string) => {
    if (sign !== undefined) return signs[sign] ?? whole
    const point = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

/** The part that `_rels/.rels` names as the document; without such a list the usual place. */
async function mainPartOf(zip: Zip): Promise<string | null> {
  const list = nameOf(zip, '_rels/.rels')
  if (list === undefined) return 'word/document.xml'
  const relations = await zip.text(list)
  if (relations === null) return null
  for (const [tag] of relations.matchAll(/<(?:\w+:)?Relationship\s[^<>]*>/g)) {
    const target = attribute(tag, 'Target')
    if (target !== null && attribute(tag, 'Type')?.endsWith('/officeDocument')) return target.replace(/^\.?\//, '')
  }
  return null
}

/** The content type of a part by its own name, otherwise by its file ending. */
function typeOf(part: string, contents: string): string | null {
  let byEnding: string | null = null
  for (const [tag, kind] of contents.matchAll(/<(?:\w+:)?(Override|Default)\s[^<>]*>/g)) {
    const type = attribute(tag, 'ContentType')
    if (kind === 'Override' && same(attribute(tag, 'PartName')?.replace(/^\//, '') ?? '', part)) return type
    if (kind === 'Default' && same(attribute(tag, 'Extension') ?? '', part.split('.').at(-1)!)) byEnding = type
  }
  return byEnding
}
