import { countErased } from '../accounts/index.ts'
import { assertCan, isAdministrator } from '../../kernel/can.ts'
import { AppError, forbidden } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobType, Work } from '../jobs/index.ts'
import type { Progress } from './export-kind.ts'
import { newKey, removeExpired } from './export-files.ts'
import { type ExportCursor, ExportInput, exportType } from './export-input.ts'
import type { ExportDeps } from './exports.deps.ts'
import { makeExport } from './exports.policy.ts'
import { expireBeyond, keepFile } from './exports.queries.ts'

/** The number of unfinished exports, and of kept files, of one person. */
const mostUnfinished = 3
const mostKept = 10
/** Each run begins anew, so what it has done is no progress for the next one. */
const mostRuns = 5
const reportMs = 250
const hourMs = 3600_000

type Running = Work<ExportInput, ExportCursor>

/**
 * Writes everything from one snapshot into a temporary file of this machine, and puts that into the storage when it is
 * complete. After a crash it begins anew.
 */
export function createExportJob(deps: ExportDeps): JobType<ExportInput, ExportCursor> {
  const { database, storage, temporaryFiles, kinds, hours } = deps

  return {
    type: exportType,
    title: 'The export',
    input: ExportInput,
    mostUnfinished,

    async run(work) {
      if (work.cursor?.isMade) return
      const { type, format, filters } = work.input
      const kind = kinds[type]
      if (!kind) throw new AppError('not_found', 'This server does not know this kind of export.')
      const { person, runs, erased } = await begin(work)
      assertCan({ person }, makeExport, { type, kind })
      const progress = createProgress(work, runs)
      const file = await database
        .readSnapshot(db => temporaryFiles.write(kind.write({ db, person, format, filters, progress })))
        .catch(explainFull)
      const key = newKey()
      try {
        await storage.put(key, file.path).catch(explainFull)
        await work.step(async (tx, scope) => {
          // What it holds is what the person could see in the role of that time.
          if (scope.person.role !== person.role) throw forbidden('The role has changed meanwhile; export it again.')
          if ((await countErased(tx)) !== erased) throw new Error('somebody was erased meanwhile; it begins anew')
          const expires_at = new Date(Date.parse(tx.now) + hours * hourMs).toISOString()
          await keepFile(tx, work.job.id, {
            as_admin: isAdministrator(person),
            file_key: key,
            file_size: file.size,
            sha256: file.sha256,
            rows: progress.count,
            expires_at,
          })
          await expireBeyond(tx, person.id, mostKept, tx.now)
          const result = { type, format, rows: progress.count, file_size: file.size, expires_at }
          return {
            cursor: { runs, isMade: true },
            processed: progress.count - work.job.processed_items,
            total: progress.count,
            result,
          }
        })
      } catch (error) {
        await temporaryFiles.discard([file])
        // When the outcome of the commit is unknown, the clean-up decides.
        if (!(error instanceof AppError) || error.code !== 'unavailable') await storage.delete([key])
        throw error
      }
    },

    ended: () => removeExpired(deps),
  }
}

/** Counts the runs, and finds for whom this one works. */
async function begin(work: Running): Promise<{ person: Scope['person']; runs: number; erased: number }> {
  const runs = (work.cursor?.runs ?? 0) + 1
  const isLast = runs > mostRuns
  let person: Scope['person'] | undefined
  let erased = 0
  await work.step(async (tx, scope) => {
    person = scope.person
    erased = await countErased(tx)
    return { cursor: { runs: isLast ? 0 : runs }, processed: -work.job.processed_items }
  })
  if (isLast) throw new AppError('internal_error', `It was ended after ${mostRuns} attempts.`)
  return { person: person!, runs, erased }
}

/** Reports now and then; each report also finds out whether the job was cancelled or belongs to another worker. */
function createProgress(work: Running, runs: number): Progress & { readonly count: number } {
  let count = 0
  let total: number | undefined
  let reported = performance.now()
  return {
    get count() {
      return count
    },
    total: given => (total = given),
    done: async more => {
      count += more
      work.signal.throwIfAborted()
      if (performance.now() - reported < reportMs) return
      await work.step(async () => ({
        cursor: { runs },
        processed: count - work.job.processed_items,
        ...(total !== undefined && { total: Math.max(total, count) }),
      }))
      reported = performance.now()
    },
  }
}

function explainFull(error: unknown): never {
  if (error instanceof AppError && error.code === 'insufficient_storage')
    throw new AppError('insufficient_storage', 'There is no room for the file (insufficient_storage).', {
      cause: error,
    })
  throw error
}
