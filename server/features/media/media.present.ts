import type { MediaFile } from '../../../contract/index.ts'
import type { MediaRow } from './media.queries.ts'

export type Present = (row: MediaRow) => MediaFile

/**
 * A file as clients see it; fields that it does not have are left out.
 *
 * @param basePath below which people reach the server. The addresses of files do not depend on the prefix that a
 *   client calls, because an event belongs to no request
 */
export const createPresent = (basePath: string): Present => {
  const addressOf = (id: number) => `${basePath}/api/v1/blog/media/${id}`
  return row => ({
    id: row.id,
    version: row.version,
    filename: row.filename,
    original_filename: row.original_filename,
    file_type: row.file_type,
    file_size: row.file_size,
    upload_date: row.upload_date,
    uploaded_by: row.uploaded_by,
    url: `${addressOf(row.id)}/file`,
    ...(row.thumbnail_size !== null && { thumbnail_url: `${addressOf(row.id)}/thumbnail` }),
    ...(row.project_id !== null && { project_id: row.project_id }),
    ...(row.task_id !== null && { task_id: row.task_id }),
    ...(row.width !== null && { width: row.width }),
    ...(row.height !== null && { height: row.height }),
  })
}
