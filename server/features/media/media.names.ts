import { randomUUID } from 'node:crypto'
import { limits, mediaTypes, type MediaType } from '../../../contract/index.ts'
import { fileNameIn, shortName } from '../../kernel/file-names.ts'

/** A new name for a stored file. It contains nothing from outside, and nobody can guess it. */
export const newFilename = (type: MediaType) => `${randomUUID()}.${mediaTypes[type]}`

/** Spread over 256 folders. */
export const keyOf = (filename: string) => `${filename.slice(0, 2)}/${filename}`
/** Other features keep files in folders whose names are not hexadecimal numbers. */
export const isMediaKey = (key: string) => /^[0-9a-f]{2}\//.test(key)
const thumbnail = '.thumbnail.webp'
export const thumbnailKeyOf = (filename: string) => `${keyOf(filename)}${thumbnail}`
export const keysOf = (filename: string) => [keyOf(filename), thumbnailKeyOf(filename)]
export const filenameOf = (key: string) => key.replace(/^.*\//, '').replace(thumbnail, '')

/** The name that people see and under which they save the file, made from whatever path a client has sent. */
export function baseNameOf(sent: string, type: MediaType): string {
  const name = fileNameIn(sent).replace(/^\.+/, '')
  return name === '' ? `file.${mediaTypes[type]}` : shortName(name, limits.fileName)
}

/**
 * The name under which a browser may save the file. The ending matches the content, so that it is not taken for
 * anything else.
 */
export function downloadNameOf(originalName: string, type: MediaType): string {
  const ending = mediaTypes[type]
  const fits = ending === 'jpg' ? /\.jpe?g$/i : new RegExp(`\\.${ending}$`, 'i')
  return fits.test(originalName) ? originalName : `${originalName}.${ending}`
}
