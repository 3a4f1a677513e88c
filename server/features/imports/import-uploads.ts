import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { ImportFormat, importTransfers, Input, Job } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import { assertCan, can } from '../../kernel/can.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { TemporaryFile } from '../../ports/storage.ts'
import { editProject, lockProject, readProject } from '../projects/index.ts'
import type { ImportDeps } from './import-deps.ts'
import { formatOf } from './formats/index.ts'
import { newKey } from './import-files.ts'
import { encodingOf } from './import-encoding.ts'
import { type ImportInput, importType } from './import-input.ts'
import { beginningOf } from './reading/text.ts'

/** A completely received file, and the name that the client gave it. */
export interface ReceivedImport extends TemporaryFile {
  name: string
}

export interface ImportUploads {
  /** The limit of one file. */
  maxBytes: number
  /**
   * Called before a file is received. @throws AppError `rate_limited` when the person has too many unfinished imports
   */
  assertRoom(scope: Scope): Promise<void>
  /** Null when the file is too large. The caller has to discard every received file at the end. */
  receive(from: Readable, name: string): Promise<ReceivedImport | null>
  /** Stores the file where every instance finds it, and creates the job that reads it. */
  begin(scope: Scope, input: Input<typeof importTransfers.tasks>, file: ReceivedImport): Promise<Job>
  discard(received: readonly ReceivedImport[]): Promise<void>
}

/** The number of bytes that identify a file. */
const headBytes = 64 * 1024

export function createImportUploads({ command, storage, temporaryFiles, jobs, maxBytes }: ImportDeps): ImportUploads {
  return {
    maxBytes,
    assertRoom: scope => jobs.assertRoom(scope, importType),
    receive: async (from, name) => {
      const file = await temporaryFiles.receive(from, maxBytes)
      return file && { ...file, name }
    },

    begin: async (scope, { project, dry_run, format: given }, file) => {
      const format = await examine(file, given)
      const encoding = await encodingOf(file.path, format)
      const key = newKey()
      // Before the job that refers to it: a crash leaves a file without a job, which the sweep removes, and never a job
      // without a file.
      await storage.put(key, file.path)
      let used = false
      try {
        return await command(scope, async tx => {
          const project_id = project === undefined ? null : await targetOf(tx, scope, project)
          const input: ImportInput = { key, format, project_id, dry_run, ...(encoding && { encoding }) }
          const job = await jobs.enqueue(tx, scope, { type: importType, input })
          used = true
          return job
        })
      } catch (error) {
        // When the connection to the database was lost, the job may have been committed; the sweep decides later.
        used = !(error instanceof AppError) || error.code === 'unavailable'
        throw error
      } finally {
        // A repeated call got the job of the first call, which has its own file.
        if (!used) await storage.delete([key])
      }
    },

    discard: temporaryFiles.discard,
  }
}

async function examine(file: ReceivedImport, given: ImportFormat | undefined): Promise<ImportFormat> {
  await using handle = await open(file.path)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  if (bytesRead === 0) throw invalid({ file: 'is empty' })
  const beginning = beginningOf(buffer.subarray(0, bytesRead))
  return given ?? formatOf(beginning, file.name)
}

async function targetOf(tx: Tx, scope: Scope, ref: string): Promise<number> {
  const project = await lockProject(tx, scope, ref)
  if (!project || !can(scope, readProject, project)) {
    throw invalid({ project: 'there is no such project, or none that you may see' })
  }
  assertCan(scope, editProject, project)
  return project.id
}
