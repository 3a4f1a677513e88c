import { createReadStream } from 'node:fs'
import { TextDecoder } from 'node:util'

const pieceBytes = 64 * 1024

/**
 * Whether a file that is not UTF-8 is Windows-1252, which Excel writes as "CSV" in western Europe and America. Any
 * bytes can be decoded as Windows-1252. Files in Cyrillic, Greek, Polish, Japanese or an old Mac encoding would become
 * wrong letters, so they are not accepted as Windows-1252.
 */
export async function isWindows1252(path: string): Promise<boolean> {
  if (await isUtf8(path)) return false
  const seen = createCensus()
  for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>)
    seen.take(chunk)
  return seen.isWestern()
}

async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>)
      decoder.decode(chunk, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/**
 * Not letters of Windows-1252, or never inside a western word: £ ¥ ¯ ³ ¹ ¾ ¿ ¡ ¢, which are Ł Ą Ż ł ą ľ ż in central
 * Europe.
 */
const strangeInWords = new Set([0xa1, 0xa2, 0xa3, 0xa5, 0xaf, 0xb3, 0xb9, 0xbe, 0xbf])
/** And ÿ, which hardly anybody writes, but which is frequent in data that is not text. */
const unused = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d, 0xff])
const isAsciiLetter = (byte: number) => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
/** Šš Œœ Žž Ÿ ƒ, which are rare here, and are accented vowels in the Mac’s own encoding. */
const isRareLetter = (byte: number) => [0x83, 0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f].includes(byte)

function createCensus() {
  const count = { ascii: 0, letters: 0, rare: 0, strange: 0, impossible: 0, valid: 0 }
  let before = 0
  let previous = 0
  return {
    take(chunk: Uint8Array) {
      for (const byte of chunk) {
        if (isAsciiLetter(byte)) {
          count.ascii++
          if (strangeInWords.has(previous) && isAsciiLetter(before)) count.strange++
        } else if (unused.has(byte)) count.impossible++
        else if (byte >= 0xc0) count.letters++
        else if (byte >= 0x80) {
          if (isRareLetter(byte)) count.rare++
          // A lead byte and its continuation: UTF-8 that is damaged elsewhere.
          if (previous >= 0xc2 && previous <= 0xf4) count.valid++
        } else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) count.impossible++
        before = previous
        previous = byte
      }
    },
    isWestern: () =>
      count.impossible === 0 &&
      count.strange === 0 &&
      count.valid * 4 <= count.letters &&
      count.rare <= count.letters &&
      // In a non-Latin script nearly every letter is outside of ASCII.
      count.letters + count.rare <= count.ascii / 2,
  }
}
