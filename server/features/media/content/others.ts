import { asText } from './as-text.ts'
import { beginsAsPage } from './behind.ts'

const asPicture = 'save it as JPEG or PNG'

/** Kinds of files that people send and that are not accepted, and what to do instead. */
const byType: Record<string, string> = {
  'image/heic': `is a HEIC photo, as iPhones take them: ${asPicture} (on the iPhone: Settings, Camera, Formats, Most Compatible)`,
  'image/heif': `is a HEIF photo: ${asPicture}`,
  'image/avif': `is an AVIF picture: ${asPicture}`,
  'image/tiff': `is a TIFF picture: ${asPicture}`,
  'image/bmp': `is a bitmap (BMP): ${asPicture}`,
  'image/jxl': `is a JPEG XL picture: ${asPicture}`,
  'image/jp2': `is a JPEG 2000 picture: ${asPicture}`,
  'image/x-icon': `is an icon: ${asPicture}`,
  'image/vnd.adobe.photoshop': `is a Photoshop file: ${asPicture}`,
  'application/eps': 'is PostScript: save it as PDF',
  'application/postscript': 'is PostScript: save it as PDF',
  'application/rtf': 'is a text in RTF: save it as DOCX or PDF',
}
const byFamily: Record<string, string> = {
  image: `is a picture in a format that is not taken: ${asPicture}`,
  video: 'is a video: put it where videos are, and add its address',
  audio: 'is a sound, which is not accepted: put it elsewhere, and add its address',
}
const packed = 'is an archive: unpack it, and send the files in it'
const archives =
  /^application\/(gzip|x-(7z-compressed|rar-compressed|tar|bzip2|xz|lzip|unix-archive|compress)|zstd|vnd\.rar|java-archive|x-apple-diskimage)/
const plainText = 'is plain text: write it into a comment or a post, or save it as PDF'
const untaken = 'is none of JPEG, PNG, GIF, WebP, PDF, DOC and DOCX: save it as one of these'

/**
 * The root of an SVG, after what XML allows in front of it. Each part can end in one place only, so that the time grows
 * no faster than the text.
 */
const svg =
  /^\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->)[^])*-->\s*|<!doctype\s[^>[]*(?:\[[^\]]*\]\s*)?>\s*)*<(?:[\w.-]+:)?svg[\s/>]/i
/** The headers of an e-mail. Word and browsers save web pages in the same form. */
const mail = /^(?:[\w-]+: [^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:mime-version|message-id|subject): /i
const isPlain = (text: string) => text.trim() !== '' && !/[^\P{C}\t\n\f\r\u200b-\u200f\ufeff\ufffd]/u.test(text)

/** Why a file is not accepted. @param mime the type that its first bytes indicate, if any */
export function whyUntaken(mime: string | undefined, head: Buffer): string {
  const text = head.toString('latin1')
  const decoded = asText(head)
  if (svg.test(decoded)) return 'is an SVG, in which scripts can be: save it as PNG'
  if (/%PDF-/.test(text)) return 'is a PDF with something else in front of it: save it anew as PDF'
  if (text.startsWith('{\\rtf')) return byType['application/rtf']!
  if (beginsAsPage(decoded)) return 'is a web page: save it as PDF'
  if (/<\?mso-application progid="Word\./.test(decoded)) return 'is a Word document in XML: save it as DOCX or PDF'
  if (mail.test(decoded)) return 'is an e-mail or a web archive (MHT): save it as PDF'
  if (mime === undefined || /^text\/|\bxml$/.test(mime)) return isPlain(decoded) ? plainText : untaken
  return (
    byType[mime.replace(/-sequence$/, '')] ??
    (archives.test(mime) ? packed : (byFamily[mime.split('/')[0]!] ?? untaken))
  )
}
