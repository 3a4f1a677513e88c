import { AppError } from './errors.ts'
import { fileNameIn, shortName } from './file-names.ts'

/** One of the files of a form. */
export interface WhichFile {
  /** As the client calls it. */
  name: string
  nth: number
  /** That came in the same form. */
  of: number
}

const mostName = 100

/** The field that an error about it names: `file`, or `files[2]` for the third of several. */
const fieldOf = ({ nth, of }: WhichFile) => (of > 1 ? `files[${nth}]` : 'file')

/**
 * A file is refused, by its name and its place in the form.
 *
 * @param why what it is and what to do, as said of it: "is empty"
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
