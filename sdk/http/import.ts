import { importTransfers, type ImportFormat, type Job } from '../../contract/index.ts'
import type { FormOptions, SendForm } from './form.ts'

export interface ImportTasksOptions extends FormOptions {
  /** Id or slug of where the tasks go; without one to no project. */
  project?: number | string | undefined
  /** Only says what would be done. */
  dryRun?: boolean | undefined
  /** Told by the file unless it is given. */
  format?: ImportFormat | undefined
}

/** Starts an import of tasks: the job goes on by itself, `jobs.status` and the `job` event of a realtime tell how far. */
export type ImportTasks = (file: File, options?: ImportTasksOptions) => Promise<Job>

export const createImportTasks =
  (sendForm: SendForm): ImportTasks =>
  async (file, { project, dryRun, format, ...options } = {}) => {
    const content = { fields: { project, dry_run: dryRun, format }, files: [file] }
    return (await sendForm(importTransfers.tasks, content, options)) as Job
  }
