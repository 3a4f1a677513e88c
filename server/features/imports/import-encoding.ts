import type { ImportFormat, Remark } from '../../../contract/index.ts'
import { isWindows1252 } from './reading/western.ts'

/** The encoding of a file on this machine, when it has no byte order mark and is not UTF-8. JSON is always UTF-8. */
export const encodingOf = async (path: string, format: ImportFormat): Promise<'windows-1252' | undefined> =>
  (format === 'csv' || format === 'jira') && (await isWindows1252(path)) ? 'windows-1252' : undefined

export const westernRemark: Remark = {
  line: 1,
  field: 'file',
  message: 'it is not UTF-8, and was read as Windows-1252; if letters are wrong, save it as CSV UTF-8',
}
