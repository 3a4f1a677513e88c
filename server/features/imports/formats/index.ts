import type { ImportFormat } from '../../../../contract/index.ts'
import { invalid } from '../../../kernel/errors.ts'
import type { Format } from './format.ts'
import { cellsOf, openingOf, rowFrom } from '../reading/csv-opening.ts'
import { shapeOf } from '../reading/json-shape.ts'
import { areOfJira } from './field-names.ts'
import { areOfTask } from './place.ts'
import { github } from './github.ts'
import { jira } from './jira.ts'
import { csv, json, ndjson } from './plain.ts'
import { trello } from './trello.ts'

export type { Format, LeftOut, Named, RowContent } from './format.ts'

export const formats: Record<ImportFormat, Format> = { csv, json, ndjson, trello, github, jira }

/** Detects the kind of a file by its beginning and its name. @throws AppError `validation_error` on `format` */
export function formatOf(beginning: string, name: string): ImportFormat {
  const format = formatIn(beginning, name)
  if (format) return format
  // What is not UTF-8 was decoded to this sign.
  throw invalid(beginning.includes('\ufffd') ? { file: notUtf8 } : { format: undetected })
}

const notUtf8 = 'is not UTF-8, so the names of its columns cannot be read: save it as CSV UTF-8'
const undetected =
  'cannot be detected from the file: name it, or let the first row name the columns, one of them `title`'

function formatIn(beginning: string, name: string): ImportFormat | undefined {
  const shape = shapeOf(beginning, areOfTask)
  if (shape) {
    if (shape.kind === 'object' && shape.keys.filter(key => ofBoard.has(key)).length >= 2) return 'trello'
    if (isOfGithub(beginning)) return 'github'
    return shape.kind === 'lines' ? 'ndjson' : 'json'
  }
  const { delimiter, skip } = openingOf(beginning, hasTitle)
  const header = rowFrom(beginning.slice(skip))
  const names = cellsOf(header, delimiter)
  if (areOfJira(names)) return 'jira'
  if ((hasTitle(names) && (names.length > 1 || ownTitle.test(names[0]!.trim()))) || /\.(csv|tsv|tab)$/i.test(name))
    return 'csv'
  return undefined
}

const hasTitle = (names: readonly string[]) => areOfTask(names)
/** A file of one line may be of any kind. */
const ownTitle = /^title$/i

/** What a board of Trello has in addition to its name. */
const ofBoard = new Set(
  'actions cards lists labelNames memberships idOrganization idEnterprise shortUrl shortLink prefs dateLastActivity'.split(
    ' ',
  ),
)

const isOfGithub = (text: string) =>
  /"number"\s*:\s*\d/.test(text) &&
  /"(html_url|repository_url|state_reason|stateReason|author_association)"|"state"\s*:\s*"(open|closed)"/i.test(text)
