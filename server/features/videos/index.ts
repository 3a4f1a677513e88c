import type { videos } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import type { Outbound } from '../../kernel/outbound.ts'
import type { Jobs } from '../jobs/index.ts'
import { createDescribe } from './oembed.ts'
import { createVideoBatch } from './videos.batch.ts'
import { createVideoImport, videoImport } from './videos.import.ts'
import { createVideoList } from './videos.list.ts'
import { createVideoService } from './videos.service.ts'

export interface VideoDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  outbound: Outbound
  /** Who is asked about the videos of each provider. */
  oembed: { youtube: string; vimeo: string }
}

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
