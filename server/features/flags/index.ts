import type { flags } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Kept } from '../../ports/cache.ts'
import type { Database } from '../../ports/database.ts'
import { createEvaluation, type FlagEvaluation } from './evaluation.ts'
import { createFlagCache } from './flag-cache.ts'
import { createFlagService } from './flags.service.ts'

export type { EvaluatedFlag, FlagEvaluation } from './evaluation.ts'

export interface Flags {
  flags: Handlers<typeof flags>
  evaluation: FlagEvaluation
  /** Called for each change of a flag, also by another instance. */
  forget(): void
  kept: Kept
}

/** Feature flags and their values for people. Call `forget` for each `flag_updated` and `flag_deleted` of the log. */
export function createFlags({ database, command }: { database: Database; command: Command }): Flags {
  const cache = createFlagCache(database)
  const evaluation = createEvaluation(database, cache)
  return {
    flags: createFlagService({ database, command, cache }),
    evaluation,
    kept: { name: 'flags', size: cache.size, drop: cache.forget },
    forget: () => {
      cache.forget()
      evaluation.announce()
    },
  }
}
