import type { Command, Tx } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { Scope } from '../../kernel/scope.ts'

export interface TaskDeps {
  database: Database
  command: Command
  /**
   * Records events for the things that belong to tasks that have just moved; `from`: the project that each left. In the
   * same transaction.
   */
  recordFollowing: (tx: Tx, scope: Scope, from: ReadonlyMap<number, number | null>) => Promise<void>
}
