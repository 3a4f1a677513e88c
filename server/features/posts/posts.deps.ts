import type { Command } from '../../events/index.ts'
import type { Database } from '../../kernel/database.ts'

export interface PostDeps {
  database: Database
  command: Command
}
