import { randomUUID } from 'node:crypto'
import { limits, mediaTypes, type MediaType } from '../../../contract/index.ts'

/** The name that a file is kept under: nothing of it comes from outside, and nobody can guess it. */
export const newFilename = (type: MediaType) => `${randomUUID()}.${mediaTypes[type]}`

/** Spread over 256 folders. */
export const keyOf = (filename: string) => `${filename.slice(0, 2)}/${filename}`
/** Other features keep files in folders that are no hexadecimal number. */
export const isMediaKey = (key: string) => /^[0-9a-f]{2}\//.test(key)
const thumbnail = '.thumbnail.webp'
export const thumbnailKeyOf = (filename: string) => `${keyOf(filename)}${thumbnail}`
export const keysOf = (filename: string) => [keyOf(filename), thumbnailKeyOf(filename)]
export const filenameOf = (key: string) => key.replace(/^.*\//, '').replace(thumbnail, '')

/** What a name must not have: controls, and marks that turn the reading direction so that an ending looks like another. */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The last part of whatever path a client has sent, as people may see it and save a file under it. */
export function baseNameOf(sent: string, type: MediaType): string {
  const name = sent.toWellFormed().replace(unfit, '').split(/[/\\]/).at(-1)!.trim().replace(/^\.+/, '')
  if (name === '') return `file.${mediaTypes[type]}`
  if (name.length <= limits.fileName) return name
  const [ending = ''] = /\.[^.]{1,10}$/.exec(name) ?? []
  // A character that is cut in the middle is left out.
  return name.slice(0, limits.fileName - ending.length).replace(/[\ud800-\udbff]$/, '') + ending
}

/** Under which a browser may save it: the ending says what the content is, so that nothing else is made of it. */
export function downloadNameOf(originalName: string, type: MediaType): string {
  const ending = mediaTypes[type]
  const fits = ending === 'jpg' ? /\.jpe?g$/i : new RegExp(`\\.${ending}$`, 'i')
  return fits.test(originalName) ? originalName : `${originalName}.${ending}`
}
