import { type Columns, csvRows } from '../reading/csv.ts'
import { unreadable } from '../reading/fault.ts'
import { elementsAmongOthers } from '../reading/json-elements.ts'
import { ndjsonRows } from '../reading/lines.ts'
import { type DayOrder, learnOrder, readDate } from './dates.ts'
import { dueOf } from './due-date.ts'
import { areOurs, type Field, fieldsIn, isField, namedByField } from './field-names.ts'
import { countOf, firstIn, type Format, objectIn, type RowContent, stringIn, textOr, unknownWord } from './format.ts'
import { isOwnExport, writtenIn, writtenInCsv } from './own-export.ts'
import { peopleIn } from './people.ts'
import { type Place, placeOfTasks } from './place.ts'
import { priorityOf } from './priorities.ts'
import { statusIn } from './status-in.ts'
import { statusOf } from './statuses.ts'

/** The number of rows that show whether day or month comes first. */
const mostLearned = 1_000

/** How a file of these rows is written. */
interface Manner {
  order?: DayOrder
  /** Whether all names are our own; then a field that a task cannot have is refused. */
  isOurs: boolean
  /** Whether our own export wrote the file. */
  isOwnExport?: boolean
}

/**
 * Fields that have our names, or names of other programs. A status or a priority may also have the name that other
 * boards use. In a file of another program, an unknown one is reported and not refused.
 */
function read(row: Record<string, unknown>, { order = {}, isOurs }: Manner): RowContent {
  const value = (field: Field) => wordIn(firstIn(row[field]))
  // Many things may be called a resolution.
  const resolution = statusOf(value('resolution')) && value('resolution')
  const says = { ...row, status: value('status'), status_category: value('status_category'), resolution }
  const section = stringIn(value('section'))
  const category = value('category')
  const isSorted = category !== undefined && category !== null && category !== ''
  const due = isOurs ? dueIn(value('due_date'), order) : dueOf(value('due_date'), '2026-01-31', order)
  const status = wordOr(value('status'), statusIn(says), statusOf(section) ?? 'todo', isOurs)
  const priority = wordOr(value('priority'), priorityOf(value('priority')), 'medium', isOurs)
  const unused = (name: string) => (name === 'resolution' && !resolution) || (name === 'section' && isSorted)
  return {
    title: value('title'),
    description: textOr(value('description')),
    status: status.is,
    priority: priority.is,
    category: isSorted ? category : section,
    due_date: due.due_date,
    assignees: peopleIn(row.assignee_email, row.assignee),
    isForeign: !isOurs,
    leftOut: Object.entries(row)
      .map(([name, given]) => ({
        kind: name,
        count: isField(name) && !unused(name) ? beyond(name, given) : howMany(name, given),
      }))
      .filter(({ count }) => count > 0),
    warnings: [
      ...due.warnings,
      ...(status.isUnknown ? [unknownWord('status', value('status'), status.is)] : []),
      ...(priority.isUnknown ? [unknownWord('priority', value('priority'), priority.is)] : []),
    ],
  }
}

function wordOr(given: unknown, understood: string | undefined, otherwise: string, isOurs: boolean) {
  const isUnknown = understood === undefined && countOf(given) > 0 && !isOurs
  return { is: understood ?? (isUnknown ? otherwise : textOr(given === '' ? null : given, otherwise)), isUnknown }
}

/**
 * For the fields that are read: the elements of a list after the first. The number of people is known only when it is
 * known who has an account.
 */
const beyond = (name: string, given: unknown) => (name.startsWith('assignee') ? 0 : countOf(given) - 1)

/** Labels are in one cell, separated by commas. */
const isLabels =
  /^(labels?|tags?|schlagw[oö]rter|stichw[oö]rter|étiquettes|etiquetas|etichette|метки|теги|ラベル|タグ|标签|레이블)$/i
const howMany = (name: string, given: unknown) =>
  typeof given === 'string' && isLabels.test(name)
    ? given.split(/[,;]/).filter(label => label.trim() !== '').length
    : countOf(given)

/** Objects such as `{"name": "Bug"}` are represented by their name. */
const wordIn = (value: unknown): unknown => stringIn(objectIn(value)?.name) ?? value

const day = /^\d{4}-\d{2}-\d{2}$/

/** A date without a time begins at midnight in UTC. An unreadable date is left unchanged and refused later. */
function dueIn(value: unknown, order: DayOrder): Pick<RowContent, 'due_date' | 'warnings'> {
  const plain = (due_date: unknown) => ({ due_date, warnings: [] })
  if (typeof value !== 'string') return plain(value ?? null)
  if (value.trim() === '') return plain(null)
  if (day.test(value)) return plain(`${value}T00:00:00Z`)
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(value)) return plain(value)
  const found = readDate(value, order)
  if (!('when' in found)) return plain(value)
  const message = `"${value.slice(0, 40)}" was read as ${found.when.slice(0, 10)}`
  return { due_date: found.when, warnings: found.doubtful ? [{ field: 'due_date', message }] : [] }
}

const hasTitle = (names: readonly string[]) => [...fieldsIn(names).values()].includes('title')

const noTitle =
  'its first row must name the columns, and one of them `title` (of an export of Jira in another language: choose English there, and export it again)'

const columns: Columns = {
  isHeader: hasTitle,
  fields(names, line) {
    const known = [...fieldsIn(names).keys()]
    if (!hasTitle(names)) throw unreadable(noTitle, line)
    const twice = known.find(name => names.indexOf(name) !== names.lastIndexOf(name))
    if (twice !== undefined) throw unreadable(`the column \`${twice}\` is there twice`, line)
    return isOwnExport(names) ? [...names] : namedByField(names)
  },
}

async function learn(text: AsyncIterable<string>): Promise<Manner> {
  const order: DayOrder = {}
  let isOurs = true
  let isOwn = false
  let seen = 0
  const watching: Columns = {
    ...columns,
    fields(names, line) {
      isOwn = isOwnExport(names)
      isOurs = isOwn || areOurs(names)
      return columns.fields(names, line)
    },
  }
  for await (const row of csvRows(text, watching)) {
    if ('value' in row) learnOrder(order, row.value.due_date)
    if (++seen >= mostLearned) break
  }
  return { order, isOurs, isOwnExport: isOwn }
}

export const csv: Format = {
  prepare: learn,
  rows: text => csvRows(text, columns),
  read: (row, manner: Manner) => read(manner.isOwnExport ? writtenInCsv(row) : row, manner),
}
export const json: Format = {
  prepare: placeOfTasks,
  // One object per line although it was declared as a list; it is read as what it is.
  rows: (text, { list }: Place) => (list === null ? ndjsonRows(text) : elementsAmongOthers(text, list)),
  read: row => readObject(objectIn(row.node) ?? row),
}
export const ndjson: Format = { rows: ndjsonRows, read: row => readObject(row) }

/** The same with our names of its fields. Mostly the next row has the same names, so the mapping is cached. */
function readObject(row: Record<string, unknown>): RowContent {
  const names = Object.keys(row)
  if (isOwnExport(names)) return read(writtenIn(row), { isOurs: true })
  const all = names.join('\n')
  if (all !== last.all) last = { all, fields: namedByField(names), isOurs: areOurs(names) }
  return read(Object.fromEntries(names.map((name, nth) => [last.fields[nth]!, row[name]])), last)
}
let last: { all: string; fields: readonly string[]; isOurs: boolean } = { all: '', fields: [], isOurs: true }
