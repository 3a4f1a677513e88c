import { isBlank } from '../../../../contract/index.ts'
import type { Row } from '../reading/row.ts'

/** What a row says about its task, before it is checked: every field of a `TaskDraft`, and its assignee. */
export interface RowContent {
  title: unknown
  description: unknown
  status: unknown
  priority: unknown
  category: unknown
  due_date: unknown
  assignees: readonly Named[]
  /**
   * Whether another program with other limits wrote the file; then a value that is too long is shortened, with a
   * warning.
   */
  isForeign: boolean
  /** The parts of the row that a task cannot hold. */
  leftOut: readonly LeftOut[]
  /** Values that may have been read in a way that their author did not mean. */
  warnings: readonly { field: string; message: string }[]
}

/**
 * The names of one person: user name, e-mail address, or both. Of several people the first that is known here gets the
 * task.
 */
export type Named = readonly string[]

export interface LeftOut {
  /** In the plural, if there is a common word for it; otherwise the name of the column or field. */
  kind: string
  count: number
  /** Its names in the file, for the report. */
  names?: readonly string[]
  /** Data that only the other program needs; it is only counted. */
  quiet?: boolean
}

/** A kind of file. */
export interface Format {
  /** The rows of tasks, in the order of the file; no other row is kept in memory. */
  rows(text: AsyncIterable<string>, prepared: never): AsyncGenerator<Row>
  /** Reads what has to be known about the rest of the file before a row can be found or understood. */
  prepare?(text: AsyncIterable<string>): Promise<unknown>
  /** Null when the row is not a task; it is skipped. */
  read(value: Record<string, unknown>, prepared: never): RowContent | null
}

export const textOr = (value: unknown, otherwise = ''): unknown =>
  value === undefined || value === null ? otherwise : value

/** A list of objects; other elements are dropped. */
export const objectsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(item => item !== null && typeof item === 'object') : []

/** The value as an object, if it is one. */
export const objectIn = (value: unknown): Record<string, unknown> | undefined => objectsIn([value])[0]

export const stringIn = (value: unknown): string | null => (typeof value === 'string' && !isBlank(value) ? value : null)

/** For a field that may be a list because several columns have the same name: the first value. */
export const firstIn = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

/** The number of things in a value: none, one, or the length of the list. */
export const countOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : value === undefined || value === null || value === '' ? 0 : 1

/** @returns it, if there is any */
export const leftOut = (kind: string, count: unknown, names?: readonly string[]): LeftOut[] =>
  typeof count === 'number' && count > 0 ? [{ kind, count, ...(names && { names }) }] : []

/** The warning about a word of another program that is unknown here. */
export const unknownWord = (field: string, value: unknown, taken: unknown) => ({
  field,
  message: `"${String(value).slice(0, 60)}" is not known here, and was taken for ${String(taken)}`,
})
