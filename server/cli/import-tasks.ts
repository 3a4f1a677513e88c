import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FieldErrors } from '../../contract/index.ts'
import { isTaskwireError, type TaskwireClient } from '../../sdk/index.ts'
import { createEnsureProject } from './ensure-project.ts'
import { isPassing, patiently } from './patience.ts'
import { taskOfLine } from './task-of-line.ts'
import { type Line, textLines } from './text-lines.ts'

export interface ImportOptions {
  client: TaskwireClient
  file: string
  /** Requests in progress at the same time. */
  concurrency: number
  /** How long one line waits for a server that is busy or not reachable. */
  patienceMs: number
  onLine: (so: ImportSummary) => void
  onRejected: (line: RejectedLine) => void
}

export interface RejectedLine {
  line: number
  code: string
  message: string
  fields: FieldErrors
}

export interface ImportSummary {
  lines: number
  /** Created in this run, or by an earlier run within the last 24 hours. */
  accepted: number
  /** Titles that were too long; the full title stands at the beginning of the description. */
  shortened: number
  /** Fields that new tasks do not have, with the number of occurrences. */
  ignored_fields: Record<string, number>
  new_projects: string[]
  rejected: RejectedLine[]
  /** Why the import ended before the end of the file. */
  stopped: string | null
}

/** After one of these errors all further lines would fail too. */
const hopeless = new Set(['unauthenticated', 'token_expired', 'session_ended', 'account_disabled'])

/**
 * Loads a file of tasks, one JSON object per line, through the public API. A refused line is reported and the others go
 * on. A file can be loaded again: each line has an idempotency key, by which the server recognises lines that are done.
 */
export async function importTasks(options: ImportOptions): Promise<ImportSummary> {
  const { client, file, concurrency, patienceMs } = options
  const summary: ImportSummary = {
    lines: 0,
    accepted: 0,
    shortened: 0,
    ignored_fields: {},
    new_projects: [],
    rejected: [],
    stopped: null,
  }
  const ensureProject = createEnsureProject({ client, patienceMs, onNew: slug => summary.new_projects.push(slug) })
  const name = path.basename(file)

  const reject = (line: Line, code: string, message: string, fields: FieldErrors) => {
    const rejected = { line: line.number, code, message, fields }
    summary.rejected.push(rejected)
    options.onRejected(rejected)
  }

  async function load(line: Line): Promise<void> {
    const read = taskOfLine(line.text)
    if (!read.ok) return reject(line, 'validation_error', 'The line is not a task.', read.fields)
    const { project } = read.task
    if (typeof project === 'string' && project !== '') await ensureProject(project)
    const call = () => client.tasks.create(read.task as never, { idempotencyKey: keyOf(name, line) })
    await patiently(call, patienceMs)
    summary.accepted += 1
    if (read.shortened) summary.shortened += 1
    for (const field of read.ignored) summary.ignored_fields[field] = (summary.ignored_fields[field] ?? 0) + 1
  }

  const lines = textLines(file)
  async function work(): Promise<void> {
    for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => lines.next() }) }) {
      if (summary.stopped !== null) return
      try {
        await load(line)
      } catch (error) {
        if (!isTaskwireError(error)) throw error
        if (isPassing(error) || hopeless.has(error.code)) {
          summary.stopped ??= `line ${line.number}: ${error.message}`
          return
        }
        reject(line, error.code, error.message, error.fieldErrors)
      }
      summary.lines += 1
      options.onLine(summary)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  summary.rejected.sort((one, other) => one.line - other.line)
  return summary
}

/**
 * The same key for the same line of the same file, wherever the file is. It includes the text, because a line may be
 * corrected.
 */
const keyOf = (file: string, { number, text }: Line) =>
  `seed-${createHash('sha256').update(`${file}\0${number}\0${text}`).digest('base64url')}`
