import { Task } from '../../../../contract/index.ts'

/** The columns of our own export of tasks: all fields of a task, and the user name of the assignee. */
const exported = new Set([...Object.keys(Task.shape), 'assignee'])

/** The fields that whoever writes a task chooses; the others are the server's. */
const written = ['title', 'description', 'status', 'priority', 'category', 'due_date', 'assignee'] as const

/** Whether our own export wrote the file. Nobody else writes the version of a task; columns may have been removed. */
export const isOwnExport = (names: readonly string[]): boolean =>
  names.includes('version') && names.includes('title') && names.every(name => exported.has(name))

/** What a row of our own export says about its task; the fields of the server are made anew and not reported as lost. */
export const writtenIn = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(written.map(name => [name, row[name]]))

/** The same for CSV, without the apostrophe that keeps spreadsheets from calculating a text. */
export const writtenInCsv = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(writtenIn(row)).map(([name, value]) => [name, withFormula(value)]))

const withFormula = (value: unknown) =>
  typeof value === 'string' && /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? value.slice(1) : value
