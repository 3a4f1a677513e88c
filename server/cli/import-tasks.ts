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
  /** Requests under way at the same time. */
  concurrency: number
  /** For so long does one line wait for a server that is not there or busy. */
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
  /** Made now, or found made by an earlier run of the last 24 hours. */
  accepted: number
  /** Titles that were too long, and are whole at the front of the description. */
  shortened: number
  /** Fields that new tasks do not have, and how often they were there. */
  ignored_fields: Record<string, number>
  new_projects: string[]
  rejected: RejectedLine[]
  /** Why it ended before the file did. */
  stopped: string | null
}

/** After these no further line can fare any better. */
const hopeless = new Set(['unauthenticated', 'token_expired', 'session_ended', 'account_disabled'])

/**
 * Loads a file of tasks, one JSON object a line, through the public API. A line that is refused is reported and the
 * others go on. It can be run again: each line has a key of its own by which the server knows what it has already done.
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

/** The same for the same line of the same file, wherever that lies; with the text, because a line may be corrected. */
const keyOf = (file: string, { number, text }: Line) =>
  `seed-${createHash('sha256').update(`${file}\0${number}\0${text}`).digest('base64url')}`
