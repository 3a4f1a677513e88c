import { AppError } from './errors.ts'
import { fileNameIn, shortName } from './file-names.ts'

/** One of the files of a form. */
export interface WhichFile {
  /** The name that the client gave the file. */
  name: string
  nth: number
  /** Files in the same form. */
  of: number
}

const mostName = 100

/** The field that an error about the file names: `file`, or `files[2]` for the third of several. */
const fieldOf = ({ nth, of }: WhichFile) => (of > 1 ? `files[${nth}]` : 'file')

/**
 * The error for a refused file, with its name and its place in the form.
 *
 * @param why what is wrong and what to do, as a continuation of the name: "is empty"
 */
export function refusal(
  code: 'validation_error' | 'unsupported_media_type' | 'payload_too_large',
  which: WhichFile,
  why: string,
): AppError {
  const name = shortName(fileNameIn(which.name), mostName)
  const message = `${name === '' ? 'The file' : `"${name}"`} ${why}.`
  return new AppError(code, message, { fields: { [fieldOf(which)]: [why] }, details: { file: name, index: which.nth } })
}
