import { mediaTransfers, type MediaFile, type Output } from '../../contract/index.ts'
import type { FormOptions, SendForm } from './form.ts'

export interface UploadOptions extends FormOptions {
  /** Id or slug. */
  project?: number | string | undefined
  taskId?: number | undefined
}

/**
 * Uploads one to ten files in one form: all are kept, or none. For progress, errors and aborting per file, call it once
 * per file. Throws a TaskwireError, or the signal's reason when it is aborted.
 */
export type Upload = (files: File | readonly File[], options?: UploadOptions) => Promise<MediaFile[]>

export const createUpload =
  (sendForm: SendForm): Upload =>
  async (given, { project, taskId, ...options } = {}) => {
    const content = { fields: { project, task_id: taskId }, files: [given].flat() as File[] }
    const answer = (await sendForm(mediaTransfers.upload, content, options)) as Output<typeof mediaTransfers.upload>
    return 'results' in answer ? answer.results : [answer]
  }
