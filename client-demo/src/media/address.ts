import { basePath } from '../lib/base-path.ts'

/** Where a file is whose id alone is known, as the server's own addresses have it. */
export const mediaAddress = (id: number) => `${basePath}/api/v1/blog/media/${id}/file`
export const thumbnailAddress = (id: number) => `${basePath}/api/v1/blog/media/${id}/thumbnail`
