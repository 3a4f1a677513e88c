import assert from 'node:assert/strict'
import sharp from 'sharp'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import * as make from '../suites/media.ts'
import { flatPng, wide } from '../suites/pictures.ts'

describe('the content of uploads', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())
  afterEach(async () =>
    assert.deepEqual(
      (await make.filesOf(server)).filter(name => name.startsWith('drafts')),
      [],
    ),
  )

  const send = (content: Buffer, name?: string, type?: string) =>
    make.upload(server, ann, [{ content, ...(name && { name }), ...(type && { type }) }])
  const kept = async (content: Buffer, name?: string, type?: string) => {
    const { status, body } = await send(content, name, type)
    assert.equal(status, 201, JSON.stringify(body))
    return body
  }
  const docxType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

  for (const [type, content] of Object.entries<() => Buffer | Promise<Buffer>>({
    'image/jpeg': make.jpeg,
    'image/png': make.png,
    'image/gif': make.gif,
    'image/webp': make.webp,
    'application/pdf': make.pdf,
    'application/msword': () => make.compound('WordDocument'),
    [docxType]: () => make.docx(),
  }))
    it(`[MD5] recognises ${type} by its content, whatever its name, and serves it byte for byte`, async () => {
      const bytes = await content()
      const file = await kept(bytes, 'index.html', 'text/html')
      assert.deepEqual([file.file_type, file.file_size], [type, bytes.length])
      assert.equal('thumbnail_url' in file, type.startsWith('image/'))
      const served = await make.fetchFile(server, ann, file.url)
      assert.deepEqual([served.headers.get('content-type'), served.content.equals(bytes)], [type, true])
    })

  const html = '<!doctype html><script>alert(1)</script>'
  const docxAndMore = () => Buffer.concat([make.docx(), Buffer.from(html)])
  const isRefused = async (content: Buffer) => {
    const before = await make.filesOf(server)
    refuses(await send(content, 'a.png', 'image/png'), 'unsupported_media_type', ['file'])
    assert.deepEqual(await make.filesOf(server), before)
  }

  for (const [what, content] of Object.entries<() => Buffer | Promise<Buffer>>({
    HTML: () => Buffer.from(html),
    JavaScript: () => Buffer.from('alert(1)'),
    PHP: () => Buffer.from('<?php system($_GET[0]);'),
    'a GIF that is JavaScript': () => Buffer.from('GIF89a/*\0\0*/=1;alert(1)//'),
    'half a JPEG': async () => (await make.jpeg(300, 300)).subarray(0, 700),
    'half a PNG': async () => (await make.png(300, 300)).subarray(0, -30),
    'an incomplete PDF': () => make.pdf().subarray(0, -8),
    'a PDF followed by a web page': () => Buffer.concat([make.pdf(), Buffer.from(html)]),
    'a PDF after a web page': () => Buffer.concat([Buffer.from(html), make.pdf()]),
    'a zip': () => make.zip({ 'a.txt': 'a' }),
    'a workbook': () => make.zip({ '[Content_Types].xml': 'spreadsheetml.sheet.main+xml', 'xl/workbook.xml': '' }),
    'a document with the parts of one but without its type': () =>
      make.zip({ '[Content_Types].xml': '', 'word/document.xml': '' }),
    'a document with macros': () => make.docxWith({ 'word/vbaProject.bin': 'x' }),
    'a document followed by a web page': docxAndMore,
    'a document with a web page before its end': () =>
      Buffer.concat([make.docx().subarray(0, -22), Buffer.from(html), make.docx().subarray(-22)]),
    'a document whose list of contents is a decompression bomb': () =>
      make.docxWith({ '[Content_Types].xml': `${' '.repeat(2_000_000)}wordprocessingml.document.main+xml` }),
    'an installer': () => make.compound('Binary.exe'),
    'a compound file with a circular chain': () => {
      const file = make.compound('x')
      file.writeUInt32LE(1, 512 + 4)
      return file
    },
    'a program': () => Buffer.from('\x7fELF\x02\x01\x01'.padEnd(200, '\0'), 'latin1'),
    text: () => Buffer.from('just text'),
  }))
    it(`[MD5] refuses ${what}, although its name is that of a picture (attack 76)`, async () =>
      isRefused(await content()))

  for (const [what, text] of [
    ['an SVG with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><foreignObject/></svg>'],
    ['an SVG', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['an SVG without a script', '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'],
  ] as const)
    it(`[MD5] refuses ${what}, although its name is that of a picture (attack 77)`, () => isRefused(Buffer.from(text)))

  const red = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  for (const [what, content] of [
    ['TIFF', () => red().tiff().toBuffer()],
    ['AVIF', () => red().avif().toBuffer()],
    ['an icon', () => Buffer.from('000001000100101000000100200068040000', 'hex')],
  ] as const)
    it(`[MD5] refuses ${what}, which few programs decode (attack 79)`, async () => isRefused(await content()))

  it('[MD5] refuses an empty file, by name', async () => {
    refuses(await send(Buffer.alloc(0)), 'validation_error', ['file'])
  })

  it('[MD6] returns the size of a picture as it is seen, and makes a thumbnail of at most 480 pixels', async () => {
    const file = await kept(await make.photo(), 'holiday.jpg')
    assert.deepEqual([file.width, file.height], [600, 800])
    const { content, headers } = await make.fetchFile(server, ann, file.thumbnail_url)
    const small = await make.metadataOf(content)
    assert.deepEqual([small.format, small.width, small.height], ['webp', 360, 480])
    assert.equal(headers.get('content-type'), 'image/webp')
  })

  it('[MD6] does not enlarge a small picture', async () => {
    const { thumbnail_url } = await kept(await make.png(20, 10))
    const { width, height } = await make.metadataOf((await make.fetchFile(server, ann, thumbnail_url)).content)
    assert.deepEqual([width, height], [20, 10])
  })

  it('[MD6] keeps the camera’s data in the original and removes it from everything that is made of the picture (attack 86)', async () => {
    const bytes = await make.photo()
    const { exif } = await make.metadataOf(bytes)
    assert.ok(exif?.includes('secret words'))
    const file = await kept(bytes, 'holiday.jpg')
    assert.ok((await make.fetchFile(server, ann, file.url)).content.equals(bytes))
    const { content } = await make.fetchFile(server, ann, file.thumbnail_url)
    const small = await make.metadataOf(content)
    assert.deepEqual(
      [small.exif, small.xmp, small.icc, small.orientation],
      [undefined, undefined, undefined, undefined],
    )
    assert.ok(!content.includes('EXIF') && !content.includes('secret words'))
  })

  it('[MD6] refuses a picture of 900 million pixels in a small file at once (attack 78)', async () => {
    const bomb = make.hugePng(30_000, 30_000)
    assert.ok(bomb.length < 200_000)
    const took: number[] = []
    for (let times = 0; times < 3; times++) {
      const began = performance.now()
      refuses(await send(bomb), 'unsupported_media_type', ['file'])
      took.push(performance.now() - began)
    }
    assert.ok(Math.min(...took) < 1_000, String(took))
  })

  it('[MD22] refuses a picture of 50 million pixels that takes 600 MB to decode, and names the reason (attack 78)', async () => {
    const monster = await flatPng({ bits: 16, interlaced: true })
    assert.ok(monster.length < 500_000)
    const refused = await send(monster)
    refuses(refused, 'unsupported_media_type', ['file'])
    assert.match(refused.body.error.field_errors.file[0], /too large a picture.*200 MB/)
    const { width, height } = await kept(await flatPng())
    assert.deepEqual({ width, height }, wide)
  })

  it('[MD6] refuses a picture of 10,000 frames and accepts one of 100 (attack 79)', async () => {
    refuses(await send(make.longGif(10_000)), 'unsupported_media_type', ['file'])
    assert.equal((await kept(make.longGif(100))).file_type, 'image/gif')
  })

  const names: [string, string][] = [
    ['a picture.png', 'a picture.png'],
    ['../../etc/passwd.png', 'passwd.png'],
    ['C:\\Users\\ann\\me.png', 'me.png'],
    ['line\u0001feed\u007f.png', 'linefeed.png'],
    ['gpj.\u202egnp.exe', 'gpj.gnp.exe'],
    ['.htaccess', 'htaccess'],
    ['..', 'file.png'],
    ['/', 'file.png'],
    ['Übergrößenträger 写真 👍.png', 'Übergrößenträger 写真 👍.png'],
    ['<img src=x onerror=alert(1)>.png', '<img src=x onerror=alert(1)>.png'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(196)}.png`],
    [`${'x'.repeat(195)}👍👍.png`, `${'x'.repeat(195)}.png`],
    [`${'x'.repeat(190)}👩‍👩‍👧👍.png`, `${'x'.repeat(190)}.png`],
  ]
  for (const [sent, name] of names)
    it(`[MD15] stores the name ${JSON.stringify(sent).slice(0, 40)} as ${name.slice(0, 30)}`, async () => {
      const file = await kept(await make.png(), sent)
      assert.equal(file.original_filename, name)
      assert.match(file.filename, /^[0-9a-f-]{36}\.png$/)
    })

  for (const name of [
    'می‌خواهم.png',
    'क्‍ष और र्‍य.png',
    '👨‍👩‍👧 👩🏽‍💻 ❤️‍🔥 🏳️‍🌈.png',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}.png',
    'ភាសា\u200bខ្មែរ.png',
    'a "quoted" name, and \'another\'; with = signs & 100 %.png',
    'e\u0301tude (NFD).png',
  ])
    it(`[MD15] returns the name ${name} unchanged, and offers it for saving`, async () => {
      const file = await kept(await make.png(), name)
      assert.equal(file.original_filename, name)
      const { headers } = await make.fetchFile(server, ann, file.url)
      const [, encoded] = /filename\*=UTF-8''(.*)$/.exec(headers.get('content-disposition')!) ?? []
      assert.equal(decodeURIComponent(encoded!), name)
    })

  for (const [sent, name] of [
    ['\u200dpay\u200d \u200croll\u200c.png', 'pay roll\u200c.png'],
    ['in\u2067voice\u2069\u200f\u061c.png', 'invoice.png'],
    ['x\u{e0068}\u{e0069}\u{e007f}\ufeff\u2060.png', 'x.png'],
    ['\u3164\u200d\u2800', 'file.png'],
  ] as const)
    it(`[MD15] removes deceptive characters from the name ${JSON.stringify(sent)}`, async () => {
      assert.equal((await kept(await make.png(), sent)).original_filename, name)
    })
})
