import { randomUUID } from 'node:crypto'
import { limits, mediaTypes, type MediaType } from '../../../contract/index.ts'
import { fileNameIn, shortName } from '../../kernel/file-names.ts'

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

/** As people may see it and save a file under it, made of whatever path a client has sent. */
export function baseNameOf(sent: string, type: MediaType): string {
  const name = fileNameIn(sent).replace(/^\.+/, '')
  return name === '' ? `file.${mediaTypes[type]}` : shortName(name, limits.fileName)
}

/** Under which a browser may save it: the ending says what the content is, so that nothing else is made of it. */
export function downloadNameOf(originalName: string, type: MediaType): string {
  const ending = mediaTypes[type]
  const fits = ending === 'jpg' ? /\.jpe?g$/i : new RegExp(`\\.${ending}$`, 'i')
  return fits.test(originalName) ? originalName : `${originalName}.${ending}`
}
