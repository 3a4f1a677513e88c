import type { videos } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createDescribe } from './oembed.ts'
import { createVideoBatch } from './videos.batch.ts'
import { createVideoImport, videoImport } from './videos.import.ts'
import { createVideoList } from './videos.list.ts'
import { createVideoService } from './videos.service.ts'
import type { VideoDeps } from './videos.deps.ts'

export { videoExport } from './videos.export.ts'
export { deleteSomePrivate } from './videos.erasing.ts'
export { videosPersonal } from './videos.personal.ts'
export { videoImportType } from './videos.import.ts'
export { readable as readableVideos } from './videos.policy.ts'

/** Videos, in projects and without. */
export function createVideos(deps: VideoDeps): Handlers<typeof videos> {
  const { database, jobs, outbound, oembed } = deps
  jobs.register(videoImport({ database, describe: createDescribe(outbound, oembed) }))
  return {
    ...createVideoService(deps),
    ...createVideoList(deps),
    ...createVideoBatch(deps),
    ...createVideoImport(deps),
  }
}
