import { isBlank } from '../../../../contract/index.ts'
import type { Row } from '../reading/row.ts'

/** What a row says of its task, before it is checked: every field of a `TaskDraft`, and whose it is. */
export interface Said {
  title: unknown
  description: unknown
  status: unknown
  priority: unknown
  category: unknown
  due_date: unknown
  assignees: readonly Named[]
  /** Written by a program that knows other bounds than ours: what is too long is shortened, and that is told. */
  isForeign: boolean
  /** What of the row its task does not have. */
  leftOut: readonly LeftOut[]
  /** What was read in a way that its writer may not have meant. */
  warnings: readonly { field: string; message: string }[]
}

/** One person, by user name, e-mail address, or both. Of several people the first that is known here gets the task. */
export type Named = readonly string[]

export interface LeftOut {
  /** In the plural, where people have a word for it; otherwise the name of the column or field. */
  kind: string
  count: number
  /** How it is called in the file, to be told. */
  names?: readonly string[]
  /** Bookkeeping of another program, which is only counted. */
  quiet?: boolean
}

/** A kind of file. */
export interface Format {
  /** Rows of tasks, as they stand in the file; nothing of any other row is kept in memory. */
  rows(text: AsyncIterable<string>, prepared: never): AsyncGenerator<Row>
  /** What of the rest of the file has to be known before a row can be found or understood. */
  prepare?(text: AsyncIterable<string>): Promise<unknown>
  /** Null: it is no task, and passed over. */
  read(value: Record<string, unknown>, prepared: never): Said | null
}

export const textOr = (value: unknown, otherwise = ''): unknown =>
  value === undefined || value === null ? otherwise : value

/** A list of objects, of which only those are looked at. */
export const objectsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(item => item !== null && typeof item === 'object') : []

/** The object, if it is one. */
export const objectIn = (value: unknown): Record<string, unknown> | undefined => objectsIn([value])[0]

export const stringIn = (value: unknown): string | null => (typeof value === 'string' && !isBlank(value) ? value : null)

/** Of a field that may be a list because several columns are called alike: the first. */
export const firstIn = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

/** How many things a value is: none, one, or the members of a list. */
export const countOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : value === undefined || value === null || value === '' ? 0 : 1

/** @returns it, if there is any */
export const leftOut = (kind: string, count: unknown, names?: readonly string[]): LeftOut[] =>
  typeof count === 'number' && count > 0 ? [{ kind, count, ...(names && { names }) }] : []

/** A word that a program of others uses, and nobody knows here. */
export const unknownWord = (field: string, value: unknown, taken: unknown) => ({
  field,
  message: `"${String(value).slice(0, 60)}" is not known here, and was taken for ${String(taken)}`,
})
