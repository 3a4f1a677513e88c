import type { ImportFormat } from '../../../../contract/index.ts'
import { invalid } from '../../../kernel/errors.ts'
import type { Format } from './format.ts'
import { github } from './github.ts'
import { jira } from './jira.ts'
import { csv, json, ndjson } from './plain.ts'
import { trello } from './trello.ts'

export type { Format, Said } from './format.ts'

export const formats: Record<ImportFormat, Format> = { csv, json, ndjson, trello, github, jira }

/** What a file is, by how it begins and what it is called. @throws AppError `validation_error` on `format` */
export function formatOf(beginning: string, name: string): ImportFormat {
  const text = beginning.trimStart()
  if (text.startsWith('[')) return looksLikeGithub(text) ? 'github' : 'json'
  if (text.startsWith('{')) {
    // A row of NDJSON is whole by the end of its line; a board is one value, on one line or many.
    const [first = '', ...more] = text.split('\n')
    const isLine = isJson(first) && more.some(line => line.trim() !== '')
    return !isLine && isBoard(text) ? 'trello' : 'ndjson'
  }
  const [header = ''] = text.split(/[\r\n]/, 1)
  const names = header.split(/[,;\t]/).map(cell => cell.replace(/^"|"$/g, '').trim().toLowerCase())
  if (names.includes('summary') && (names.includes('issue key') || names.includes('issue type'))) return 'jira'
  if (names.includes('title') || /\.csv$/i.test(name)) return 'csv'
  throw invalid({ format: 'cannot be told from the file, so name it' })
}

const looksLikeGithub = (text: string) => /"(html_url|repository_url)"/.test(text) && /"number"/.test(text)
const isBoard = (text: string) => /"(idBoard|idList|idOrganization|shortUrl|prefs|actions|cards|lists)"\s*:/.test(text)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
