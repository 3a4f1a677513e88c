import { setImmediate } from 'node:timers/promises'
import sql from 'sql-template-tag'
import { normalEmail, type TaskImportResult } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import { assertCan, can } from '../../kernel/can.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { findPeopleByLogin } from '../accounts/index.ts'
import type { JobType } from '../jobs/index.ts'
import { editProject, lockProjects, readProject, readersAmong } from '../projects/index.ts'
import { createTasksIn } from '../tasks/index.ts'
import { type Format, formats } from './formats/index.ts'
import { mostWaiting } from './import-files.ts'
import type { ImportDeps } from './import-deps.ts'
import { ImportInput, type ImportCursor, importType } from './import-input.ts'
import { addToReport, emptyReport, noRowsRemark } from './import-report.ts'
import { batchesOf } from './batches.ts'
import { createRemarks, together } from './remarks.ts'
import { westernRemark } from './import-encoding.ts'
import type { Row } from './reading/row.ts'
import { textOf } from './reading/text.ts'
import { type Understood, understand } from './understand.ts'

/**
 * Reads the file twice: first to count its rows, so that a file that cannot be read to its end changes nothing, then to
 * create tasks from them. After a crash the file is read from the start again, and the rows that are done are skipped.
 */
export function createImportJob({
  storage,
  hasReplica,
}: Pick<ImportDeps, 'storage' | 'hasReplica'>): JobType<ImportInput, ImportCursor> {
  async function* textIn({ key, encoding }: ImportInput) {
    const file = await storage.open(key)
    if (!file) throw new AppError('not_found', 'The file is no longer stored; send it again.')
    yield* textOf(file, encoding)
  }

  return {
    type: importType,
    title: 'The import of tasks',
    input: ImportInput,

    async run(work) {
      const { input, cursor, signal, step } = work
      const format = formats[input.format]
      const prepared = await format.prepare?.(textIn(input))
      const rows = () => format.rows(textIn(input), prepared as never)

      if (cursor === null) {
        let total = 0
        for await (const _ of rows()) {
          if (++total % 1_000 === 0) signal.throwIfAborted()
        }
        const result = emptyReport({ format: input.format, dry_run: input.dry_run })
        const warnings = [...(input.encoding ? [westernRemark] : []), ...(total === 0 ? [noRowsRemark] : [])]
        Object.assign(result, { warning_count: warnings.length, warnings })
        await step(async () => ({ cursor: { rows: 0 }, total, result }))
      }
      let done = cursor?.rows ?? 0
      let report = work.job.result as unknown as TaskImportResult
      for await (const batch of ahead(understood(batchesOf(rows(), done), format, prepared))) {
        const { tasks, failed, errors, warnings, leftOut } = batch
        let next = report
        await step(async (tx, scope) => {
          // A crash of the database that loses this step loses its cursor too, so the step is repeated. No event of it
          // is delivered before it is safe, because sequencing it, or ending the job, first writes everything before it
          // to the disk. Only a read may show it some tenths of a second too early. With a replica no read may: it
          // would see the step on the primary, and a later one would not see it yet on the replica.
          const hurry = hasReplica ? null : tx.query(sql`set local synchronous_commit = off`)
          const [made] = await Promise.all([make(tx, scope, input, tasks), hurry])
          next = addToReport(report, {
            created: tasks.length,
            errors,
            warnings: together(warnings, made.warnings),
            leftOut,
          })
          return { cursor: { rows: done + batch.rows }, processed: batch.rows, failed, result: next }
        })
        done += batch.rows
        report = next
      }
    },

    mostUnfinished: mostWaiting,

    ended: async (_, { key }, mayGoOn) => {
      if (!mayGoOn) await storage.delete([key])
    },
  }
}

async function* understood(batches: AsyncIterable<Row[]>, format: Format, prepared: unknown) {
  for await (const batch of batches) {
    // Reading and understanding a batch take some milliseconds each; other work gets its turn in between.
    await setImmediate()
    yield understand(batch, format, prepared)
  }
}

/**
 * Prepares the next batch while the present one is processed, so that the database and this process work at the same
 * time.
 */
async function* ahead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T> {
  const prefetch = () => {
    const next = source.next()
    // The consumer gets the error when it awaits the batch, if it still does.
    next.catch(() => {})
    return next
  }
  try {
    for (let next = prefetch(); ;) {
      const { done, value } = await next
      if (done) return
      next = prefetch()
      yield value
    }
  } finally {
    await source.return()
  }
}

/**
 * Checks the rights again in each step: a person who may no longer write into the project creates nothing more there.
 */
async function make(tx: Tx, scope: Scope, { project_id, dry_run }: ImportInput, tasks: readonly Understood[]) {
  const project = project_id === null ? null : await lockTarget(tx, scope, project_id)
  const people = await findAssignees(tx, scope, project_id, tasks)
  const warnings = createRemarks()
  const drafts = tasks.map(({ draft, line, assignees }) => {
    const ids = assignees.map(names => names.map(name => people.get(loginOf(name))).find(id => id !== undefined))
    const assignee_id = ids.find(id => id !== undefined) ?? null
    if (assignee_id !== null && ids.length > 1) warnings.add(line, 'assignee', onlyOne(ids.length - 1))
    if (assignee_id === null && ids.length > 0) warnings.add(line, 'assignee', nobody)
    return { ...draft, assignee_id }
  })
  if (!dry_run) await createTasksIn(tx, scope, project, drafts)
  return { warnings }
}

const onlyOne = (more: number) => `a task has one: the first who is known was taken, and ${more} left out`
const nobody = 'there is nobody of that name who can see the task, so it was left out'

async function lockTarget(tx: Tx, scope: Scope, id: number) {
  const project = (await lockProjects(tx, scope, sql`p.id = ${id}`)).get(id)
  if (!project || !can(scope, readProject, project))
    throw new AppError('not_found', 'The project is gone, or you may not see it any more.')
  assertCan(scope, editProject, project)
  return project
}

/** The normal form of an address, however it was written. */
const loginOf = (name: string) => (normalEmail(name) ?? name).toLowerCase()

/** The people that the user names and addresses stand for, among those who can see the project. */
async function findAssignees(tx: Tx, { person }: Scope, projectId: number | null, tasks: readonly Understood[]) {
  const logins = [...new Set(tasks.flatMap(({ assignees }) => assignees.flat().map(loginOf)))].filter(
    login => login.length <= 254 && !login.includes('\0') && login.isWellFormed(),
  )
  if (logins.length === 0) return new Map<string, number>()
  const found = await findPeopleByLogin(tx, person, projectId, logins)
  const readers = await readersAmong(
    tx,
    projectId,
    found.map(({ id }) => id),
  )
  return new Map(found.filter(({ id }) => readers.has(id)).map(({ login, id }) => [login, id]))
}
