import { importTransfers, type ImportFormat, type Job } from '../../contract/index.ts'
import type { FormOptions, SendForm } from './form.ts'

export interface ImportTasksOptions extends FormOptions {
  /** The id or slug of the project for the tasks; without it they are in no project. */
  project?: number | string | undefined
  /** Only reports what would be done. */
  dryRun?: boolean | undefined
  /** Detected from the file unless it is given. */
  format?: ImportFormat | undefined
}

/**
 * Starts an import of tasks. The job runs on the server; `jobs.status` and the `job` event of a realtime connection
 * report its progress.
 */
export type ImportTasks = (file: File, options?: ImportTasksOptions) => Promise<Job>

export const createImportTasks =
  (sendForm: SendForm): ImportTasks =>
  async (file, { project, dryRun, format, ...options } = {}) => {
    const content = { fields: { project, dry_run: dryRun, format }, files: [file] }
    return (await sendForm(importTransfers.tasks, content, options)) as Job
  }
