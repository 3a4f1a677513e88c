import type { videos } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import { createVideoBatch } from './videos.batch.ts'
import { createVideoList } from './videos.list.ts'
import { createVideoService } from './videos.service.ts'

export interface VideoDeps {
  database: Database
  command: Command
}

/** Videos, in projects and without. */
export const createVideos = (deps: VideoDeps): Handlers<typeof videos> => ({
  ...createVideoService(deps),
  ...createVideoList(deps),
  ...createVideoBatch(deps),
})
