import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { limits } from '../../contract/index.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import * as make from '../suites/media.ts'

type Content = Buffer | Promise<Buffer>
const bytes = (text: string) => Buffer.from(text, 'latin1')
const around = async (before: string, content: Content, behind = '') =>
  Buffer.concat([bytes(before), await content, bytes(behind)])
const sample = (name: string) => readFile(new URL(`../suites/samples/${name}`, import.meta.url))

const ooxml = 'application/vnd.openxmlformats-officedocument.'
const relations = (target: string) =>
  `<?xml version="1.0"?><Relationships xmlns="x"><Relationship Id="a" Type="http://x/core-properties" Target="docProps/core.xml"/><Relationship Target="${target}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Id="b"/></Relationships>`
const contents = (part: string, type: string) =>
  `<?xml version="1.0"?><Types xmlns="x"><Default Extension="xml" ContentType="application/xml"/><Override ContentType='${type}' PartName='/${part}'/></Types>`
const office = (part: string, type: string, target = part, more: Record<string, string> = {}) =>
  make.zip({ '[Content_Types].xml': contents(part, type), '_rels/.rels': relations(target), [part]: '<x/>', ...more })
const word = `${ooxml}wordprocessingml.document.main+xml`

/** The same with its numbers in a 64-bit record. */
function zip64(content: Buffer): Buffer {
  const at = content.length - 22
  const [parts, end] = [content.subarray(0, at), Buffer.from(content.subarray(at))]
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  for (const [field, value] of [
    [24, end.readUInt16LE(8)],
    [32, end.readUInt16LE(10)],
    [40, end.readUInt32LE(12)],
    [48, end.readUInt32LE(16)],
  ] as const)
    record.writeBigUInt64LE(BigInt(value), field)
  const pointer = Buffer.alloc(20)
  pointer.writeUInt32LE(0x07064b50, 0)
  pointer.writeBigUInt64LE(BigInt(at), 8)
  pointer.writeUInt32LE(1, 16)
  end.fill(0xff, 8, 20)
  return Buffer.concat([parts, record, pointer, end])
}

describe('formats of files', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())
  const send = (...files: { content: Buffer; name: string }[]) => make.upload(server, ann, files)

  const padding = '\0\0\n \r\n\x1a'
  const job = '\x1b%-12345X@PJL JOB\r\n@PJL SET COPIES=2\r\n@PJL ENTER LANGUAGE = PDF\r\n'
  const taken: Record<string, () => Content> = {
    'a PDF after a byte order mark': () => around('\xef\xbb\xbf', make.pdf()),
    'a PDF after white space': () => around(' \r\n\t', make.pdf()),
    'a PDF after 1,000 zero bytes': () => around('\0'.repeat(1_000), make.pdf()),
    'a PDF in a print job': () => around(job, make.pdf(), '\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X'),
    'a PDF after a declaration of XML': () => around('<?xml version="1.0"?>\r\n', make.pdf()),
    'a PDF after a line of PostScript': () => around('%!PS-Adobe-3.0 PDF-1.4\n', make.pdf()),
    'a PDF followed by 100,000 zero bytes': () => around('', make.pdf(), '\0'.repeat(100_000)),
    'a PDF whose last mark follows without a line break': () =>
      bytes(
        make
          .pdf()
          .toString('latin1')
          .replace(/\s+%%EOF\s*$/, '%%EOF'),
      ),
    'a PDF with a comment in front of its last mark': () =>
      bytes(
        make
          .pdf()
          .toString('latin1')
          .replace(/%%EOF\s*$/, '% made by hand\r\n%%EOF\n'),
      ),
    'a PDF without its last mark': () =>
      bytes(
        make
          .pdf()
          .toString('latin1')
          .replace(/\s*%%EOF\s*$/, ''),
      ),
    'a PDF in a print job, without its last mark': () =>
      around(
        job,
        bytes(
          make
            .pdf()
            .toString('latin1')
            .replace(/%%EOF\s*$/, ''),
        ),
        '\x1b%-12345X',
      ),
    'a PDF with an incremental update': () =>
      around('', make.pdf(), `1 0 obj<<>>endobj\n${make.pdf().toString('latin1').slice(-30)}`),
    ...Object.fromEntries(
      ['RC4-40', 'RC4-128', 'AES-128', 'AES-256'].map(how => [
        `a PDF in ${how} that everybody may open`,
        () => sample(`${how}-open.pdf`),
      ]),
    ),
    'a DOCX whose text has another name': () => office('word/document7.xml', word),
    'a DOCX whose text lies elsewhere, from the root': () => office('content/main.xml', word, '/content/main.xml'),
    'a DOCX whose names are in another case': () => office('Word/Document.XML', word, 'word/document.xml'),
    'a DOCX whose lists are in UTF-16': () =>
      make.zip({
        '[Content_Types].xml': Buffer.from(`\ufeff${contents('word/document.xml', word)}`, 'utf16le'),
        '_rels/.rels': Buffer.from(`\ufeff${relations('word/document.xml')}`, 'utf16le').swap16(),
        'word/document.xml': '<x/>',
      }),
    'a DOCX whose lists are in another case': () =>
      make.zip({
        '[content_types].xml': contents('main.xml', word),
        '_Rels/.Rels': relations('main.xml'),
        'main.xml': '<x/>',
      }),
    'a DOCX whose names are escaped': () => office('word/a & b.xml', word, 'word/a%20&amp;%20b.xml'),
    'a DOCX that was written as a large zip': () => zip64(make.docx()),
    'a DOC without protection': () => make.compound('WordDocument', { flags: 0x1200 }),
    ...Object.fromEntries(
      Object.entries<() => Content>({
        JPEG: make.jpeg,
        PNG: make.png,
        GIF: make.gif,
        WebP: make.webp,
        PDF: make.pdf,
        DOCX: make.docx,
        DOC: () => make.compound('WordDocument'),
      }).flatMap(([format, content]) => [
        [`a ${format} followed by padding`, () => around('', content(), padding)],
        [
          `a ${format} with a film and an archive after it`,
          async () =>
            Buffer.concat([
              await content(),
              bytes('\0\0\0\x18ftypmp42'),
              Buffer.alloc(70_000, 7),
              make.zip({ a: 'b' }),
            ]),
        ],
      ]),
    ),
  }
  // Archive data after a DOCX is a second end of an archive, and nobody can tell which of the two counts.
  delete taken['a DOCX with a film and an archive after it']
  for (const [what, content] of Object.entries(taken))
    it(`[MD5] accepts ${what}, and serves it byte for byte`, async () => {
      const sent = await content()
      const { status, body } = await send({ content: sent, name: 'x' })
      assert.equal(status, 201, JSON.stringify(body))
      assert.ok((await make.fetchFile(server, ann, body.url)).content.equals(sent))
    })

  const page = '\n<!DOCTYPE html><script>alert(1)</script>'
  const box = (brand: string) => bytes(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1${brand}${'\0'.repeat(100)}`)
  const template = word.replace('document.main', 'template.main')
  const refused: Record<string, [() => Content, RegExp]> = {
    'an iPhone photo': [() => box('heic'), /HEIC.*JPEG.*Most Compatible/],
    'an AVIF': [() => box('avif'), /AVIF.*JPEG/],
    'a TIFF': [() => bytes(`II*\0\x08\0\0\0${'\0'.repeat(50)}`), /TIFF.*JPEG/],
    'an SVG': [
      () => bytes('\ufeff<?xml version="1.0"?>\n<!-- made -->\n<svg xmlns="x"/>'.replace('\ufeff', '\xef\xbb\xbf')),
      /SVG.*PNG/,
    ],
    'an SVG with a document type': [
      () =>
        bytes(
          '<?xml version="1.0"?><?xml-stylesheet href="a"?><!DOCTYPE svg PUBLIC "x" [\n<!ENTITY a "b">\n]>\n<svg/>',
        ),
      /SVG.*PNG/,
    ],
    'an SVG with a prefix': [() => bytes('<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'), /SVG.*PNG/],
    'an SVG in UTF-16': [() => Buffer.from('\ufeff<?xml version="1.0"?><svg/>', 'utf16le'), /SVG.*PNG/],
    'XML of hundreds of comments': [() => bytes(`${'<!---->'.repeat(600)}<a/>`), /web page/],
    'hundreds of headers': [() => bytes('X-A: b\r\n c\r\n'.repeat(300)), /plain text/],
    'a text': [() => bytes('Buy milk\n'), /plain text.*PDF/],
    'an e-mail': [() => bytes('From: a@b.example\r\nTo: c,\r\n d\r\nSubject: x\r\n\r\ny'), /e-mail.*PDF/],
    'a web page that Word saved as DOC': [
      () => bytes('MIME-Version: 1.0\nContent-Type: multipart/related\n'),
      /MHT.*PDF/,
    ],
    'a Word document in XML': [
      () => bytes('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>'),
      /Word.*XML.*DOCX/,
    ],
    'a binary workbook': [
      () => office('xl/workbook.bin', 'application/vnd.ms-excel.sheet.binary.macroEnabled.main'),
      /Excel.*PDF/,
    ],
    'a drawing': [() => office('visio/document.xml', 'application/vnd.ms-visio.drawing.main+xml'), /Visio.*PDF/],
    'an XPS document': [
      () =>
        make.zip({
          '[Content_Types].xml': contents('a.fdseq', 'application/vnd.ms-package.xps-fixeddocumentsequence+xml'),
          '_rels/.rels': '<Relationships/>',
          'a.fdseq': '<x/>',
        }),
      /XPS.*PDF/,
    ],
    'a web page': [() => bytes(page), /web page.*PDF/],
    'a film': [() => box('mp42'), /video/],
    'an archive': [() => make.zip({ 'a.txt': 'a' }), /archive.*unpack/],
    'a compressed file': [() => bytes('\x1f\x8b\x08\0\0\0\0\0\0\x03'), /archive.*unpack/],
    RTF: [() => bytes('{\\rtf1 text}'), /RTF.*DOCX or PDF/],
    'an ODT': [
      () => make.zip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<x/>' }),
      /ODT.*DOCX or PDF/,
    ],
    'a workbook': [() => office('xl/workbook.xml', `${ooxml}spreadsheetml.sheet.main+xml`), /Excel.*PDF/],
    slides: [() => office('ppt/presentation.xml', `${ooxml}presentationml.presentation.main+xml`), /PowerPoint.*PDF/],
    'a template': [() => office('word/document.xml', template), /template.*DOCX/],
    'a document with macros': [
      () => office('word/document.xml', word, 'word/document.xml', { 'word/vbaProject.bin': 'x' }),
      /macros.*without/,
    ],
    'a document whose kind has macros': [
      () => office('word/document.xml', 'application/vnd.ms-word.document.macroEnabled.main+xml'),
      /macros/,
    ],
    'a document whose text is missing': [() => office('word/document.xml', word, 'word/other.xml'), /damaged|none of/],
    'a DOCX with something in its directory': [
      () => Buffer.concat([make.docx().subarray(0, -22), bytes('x'), make.docx().subarray(-22)]),
      /damaged.*anew/,
    ],
    'a DOC with macros': [() => make.compound('WordDocument', { more: { Macros: 1 } }), /macros.*without/],
    'another DOC with macros': [() => make.compound('WordDocument', { more: { _VBA_PROJECT: 2 } }), /macros/],
    'a DOC template': [() => make.compound('WordDocument', { flags: 1 }), /template/],
    'a DOC with a password': [() => make.compound('WordDocument', { flags: 0x100 }), /password.*without/],
    'a DOCX with a password': [
      () => make.compound('EncryptionInfo', { more: { EncryptedPackage: 2 } }),
      /password.*without/,
    ],
    'an old workbook': [() => make.compound('Workbook'), /Excel.*PDF/],
    'old slides': [() => make.compound('PowerPoint Document'), /PowerPoint.*PDF/],
    ...Object.fromEntries(
      ['RC4-40', 'RC4-128', 'AES-128', 'AES-256'].map(how => [
        `a PDF in ${how} that asks for a password`,
        [() => sample(`${how}-locked.pdf`), /password.*without/] as [() => Content, RegExp],
      ]),
    ),
    'a PDF that ends in the middle of its last offset': [
      () =>
        bytes(
          make
            .pdf()
            .toString('latin1')
            .replace(/\d\s*%%EOF\s*$/, ''),
        ),
      /middle.*again/,
    ],
    'a PDF that ends in a comment of spaces': [
      () => bytes(`%PDF-1.4\n${'startxref 1 %'.padEnd(400_000)}`),
      /middle.*again/,
    ],
    'a DOCX with a million characters of relations that do not end': [
      () =>
        make.zip({
          '[Content_Types].xml': '<Override '.repeat(100_000),
          '_rels/.rels': '<Relationship '.repeat(70_000),
        }),
      /damaged.*anew/,
    ],
    'an EPS': [() => bytes('%!PS-Adobe-3.0 EPSF-3.0\n'), /PostScript.*PDF/],
    'a PDF after more than 1 KiB': [() => around(' '.repeat(1_100), make.pdf()), /PDF.*in front/],
    ...Object.fromEntries(
      Object.entries<() => Content>({
        JPEG: () => make.jpeg(300, 300),
        PNG: () => make.png(300, 300),
        GIF: make.gif,
        WebP: make.webp,
        PDF: make.pdf,
        DOCX: make.docx,
        DOC: () => make.compound('WordDocument'),
      }).flatMap(([format, content]) => [
        [
          `half a ${format}`,
          [async () => (await content()).subarray(0, Math.floor((await content()).length * 0.6)), /middle.*again/] as [
            () => Content,
            RegExp,
          ],
        ],
        [
          `a ${format} followed by a web page`,
          [() => around('', content(), page), /page or script behind.*anew/] as [() => Content, RegExp],
        ],
      ]),
    ),
  }
  for (const [what, [content, why]] of Object.entries(refused))
    it(`[MD27] refuses ${what} with the reason, its name and what to do`, async () => {
      const error = refuses(await send({ content: await content(), name: `${what}.pdf` }), 'unsupported_media_type', [
        'file',
      ])
      assert.match(error.field_errors!['file']![0]!, why)
      assert.ok(error.message.startsWith(`"${what}.pdf" ${error.field_errors!['file']![0]}`))
    })

  it('[MD27] names the bad file among several', async () => {
    const good = { content: await make.png(), name: 'good.png' }
    const one = (content: Buffer, name: string) => send(good, good, { content, name }, good)
    const bad = refuses(await one(bytes('{\\rtf1}'), 'letter\u202e "1".rtf'), 'unsupported_media_type', ['files[2]'])
    assert.match(bad.message, /^"letter "1"\.rtf" is a text in RTF/)
    assert.deepEqual(bad.details, { file: 'letter "1".rtf', index: 2 })
    assert.match(
      refuses(await one(Buffer.alloc(0), 'nothing'), 'validation_error', ['files[2]']).message,
      /"nothing" is empty/,
    )
    const large = refuses(await one(Buffer.alloc(limits.mediaFileBytes + 1), 'large'), 'payload_too_large', [
      'files[2]',
    ])
    assert.match(large.message, /"large" may have at most 10 MiB:/)
  })
})
