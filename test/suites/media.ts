import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Answer, Client, TestServer } from '../support/server.ts'

export interface Sample {
  name?: string
  content: Buffer
  /** The type that the client claims. */
  type?: string
}

/** Uploads as a browser would. */
export async function upload(
  server: TestServer,
  client: Client | null,
  files: Sample[],
  fields: Record<string, string | number> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  for (const { name = 'a picture.png', content, type = 'application/octet-stream' } of files)
    form.append('file', new Blob([new Uint8Array(content)], { type }), name)
  return post(server, client, form, headers)
}

export async function post(
  server: TestServer,
  client: Client | null,
  body: FormData | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1/blog/media/upload`, {
    method: 'POST',
    body,
    headers: { ...(client && { authorization: `Bearer ${client.token}` }), ...headers },
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Gets a file as it is served. */
export async function fetchFile(server: TestServer, client: Client, url: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${client.token}`, ...(init.headers as Record<string, string>) }
  const response = await fetch(`${server.url}${url}`, { ...init, headers })
  return { status: response.status, headers: response.headers, content: Buffer.from(await response.arrayBuffer()) }
}

/** All files in the server's folder, temporary ones too; the file of a health check comes and goes at any time. */
export async function filesOf(server: TestServer): Promise<string[]> {
  const dir = path.join(server.dataDir, 'media')
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter(entry => entry.isFile() && !entry.name.startsWith('.health-'))
    .map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)))
}

export const metadataOf = (content: Buffer) => sharp(content).metadata()

const canvas = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 40, g: 120, b: 200 } } })

export const png = (width = 64, height = 48) => canvas(width, height).png().toBuffer()
export const jpeg = (width = 64, height = 48) => canvas(width, height).jpeg().toBuffer()
export const gif = () => canvas(16, 16).gif().toBuffer()
export const webp = () => canvas(16, 16).webp().toBuffer()

/** A photo as a telephone takes it: rotated, and with the place where it was taken. */
export const photo = () =>
  canvas(800, 600)
    .withExif({
      IFD0: { Orientation: '6', Copyright: 'secret words' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()

export const pdf = () =>
  Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n' +
      'xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \ntrailer<</Size 3/Root 1 0 R>>\n' +
      'startxref\n96\n%%EOF\n',
  )

/** A PNG that is tiny as a file and huge as a picture. */
export function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 9 })
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** A GIF with this many frames of one pixel. */
export function longGif(frames: number): Buffer {
  const head = Buffer.from('47494638396101000100800000000000ffffff', 'hex')
  const frame = Buffer.from('21f904000a0000002c0000000001000100000202440100', 'hex')
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from(';')])
}

const mainPart = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
const wholeDocument = {
  '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="${mainPart}"/></Types>`,
  'word/document.xml': '<w:document xmlns:w="x"><w:body/></w:document>',
}

export const docx = (parts: Record<string, string> = wholeDocument) => zip(parts)
export const docxWith = (more: Record<string, string>) => zip({ ...wholeDocument, ...more })

export function zip(parts: Record<string, string | Buffer>): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const [raw, packed] = [Buffer.from(text as string), deflateRawSync(text)]
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(raw), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(centrals.length, 8)
  end.writeUInt16LE(centrals.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A compound file (a table, a directory) with these entries; `flags` are those at the beginning of a document. */
export function compound(
  first: string,
  { more = {}, flags = 0 }: { more?: Record<string, number>; flags?: number } = {},
): Buffer {
  const documentSectors = 8
  const file = Buffer.alloc(512 * (3 + documentSectors))
  file.write('d0cf11e0a1b11ae1', 'hex')
  file.writeUInt16LE(0x3e, 24)
  file.writeUInt16LE(3, 26)
  file.writeUInt16LE(0xfffe, 28)
  file.writeUInt16LE(9, 30)
  file.writeUInt16LE(6, 32)
  file.writeUInt32LE(1, 44)
  file.writeUInt32LE(1, 48)
  file.writeUInt32LE(4096, 56)
  file.writeUInt32LE(0xfffffffe, 60)
  file.writeUInt32LE(0xfffffffe, 68)
  file.fill(0xff, 76, 512)
  file.writeUInt32LE(0, 76)
  // The table: itself, a directory of one sector, and the stream.
  const chain = Array.from({ length: documentSectors }, (_, nth) => (nth + 1 < documentSectors ? nth + 3 : 0xfffffffe))
  for (const [nth, next] of [0xfffffffd, 0xfffffffe, ...chain].entries()) file.writeUInt32LE(next, 512 + nth * 4)
  file.fill(0xff, 512 + 4 * (2 + documentSectors), 1024)
  const entry = (nth: number, name: string, type: number) => {
    const at = 1024 + nth * 128
    file.write(name, at, 'utf16le')
    file.writeUInt16LE((name.length + 1) * 2, at + 64)
    file[at + 66] = type
    file.writeUInt32LE(2, at + 116)
    file.writeUInt32LE(512 * documentSectors, at + 120)
  }
  entry(0, 'Root Entry', 5)
  entry(1, first, 2)
  for (const [nth, [name, type]] of Object.entries(more).entries()) entry(2 + nth, name, type)
  file.writeUInt16LE(0xa5ec, 1536)
  file.writeUInt16LE(flags, 1546)
  return file
}
