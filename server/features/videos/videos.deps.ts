import type { Command } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { Outbound } from '../../ports/outbound.ts'
import type { Jobs } from '../jobs/index.ts'

export interface VideoDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  outbound: Outbound
  /** The oEmbed client of each provider. */
  oembed: { youtube: string; vimeo: string }
}
