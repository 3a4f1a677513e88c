import type { Command } from '../../events/index.ts'
import type { Database } from '../../kernel/database.ts'
import type { Outbound } from '../../kernel/outbound.ts'
import type { Jobs } from '../jobs/index.ts'

export interface VideoDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  outbound: Outbound
  /** Who is asked about the videos of each provider. */
  oembed: { youtube: string; vimeo: string }
}
