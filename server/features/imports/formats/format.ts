import type { Row } from '../reading/row.ts'

/** What a row says of its task, before it is checked: every field of a `TaskDraft`, and whose it is. */
export interface Said {
  title: unknown
  description: unknown
  status: unknown
  priority: unknown
  category: unknown
  due_date: unknown
  /** A user name or an e-mail address. */
  assignee: string | null
  /** Fields of the row that tasks do not have. */
  leftOut?: readonly string[]
}

/** A kind of file. */
export interface Format {
  /** Rows of tasks, as they stand in the file; nothing of any other row is kept in memory. */
  rows(text: AsyncIterable<string>): AsyncGenerator<Row>
  /** What of the rest of the file has to be known before a row can be understood. */
  prepare?(text: AsyncIterable<string>): Promise<unknown>
  /** Null: it is no task, and passed over. */
  read(value: Record<string, unknown>, prepared: never): Said | null
}

export const textOr = (value: unknown, otherwise = ''): unknown =>
  value === undefined || value === null ? otherwise : value

/** A list of objects, of which only those are looked at. */
export const objectsIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(item => item !== null && typeof item === 'object') : []

export const stringIn = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null
