import { type apiKeys, limits } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import { createSealer } from '../../kernel/sealed.ts'
import type { Database } from '../../ports/database.ts'
import { dropLongRevoked } from './api-keys.queries.ts'
import { createApiKeyService } from './api-keys.service.ts'
import { createKeyAuthentication, type KeyAuthentication } from './authentication.ts'
import { createKeyUsage, type KeyUsage } from './usage.ts'
import { dropOldUsage } from './usage.queries.ts'
import { createUsageService } from './usage.service.ts'

export { deleteKeysOf } from './api-keys.erasing.ts'
export { apiKeysPersonal } from './api-keys.personal.ts'
export { carryKeys } from './api-keys.restored.ts'
export type { KeyAuthentication, KeyStanding } from './authentication.ts'
export type { KeyCall } from './usage.ts'

export interface Keys extends KeyAuthentication {
  apiKeys: Handlers<typeof apiKeys>
  usage: KeyUsage
  /** Deletes what is no longer shown; for the housekeeping, on any number of instances. */
  cleanUp(): Promise<void>
}

/** How long a revoked key stays in the list of its owner. */
const revokedDays = 30
const daySeconds = 24 * 3600

/**
 * API keys: what programs of people call with. Call `forgetKeys` for each `api_key_changed` and `account_changed` of the
 * log, because other instances change keys too.
 */
export function createKeys(deps: {
  database: Database
  command: Command
  /** The first one encrypts kept answers, all decrypt. */
  secrets: readonly [string, ...string[]]
  countLookUp?: CountLookUp
}): Keys {
  const { database, command } = deps
  const authentication = createKeyAuthentication(deps)
  const sealer = createSealer(deps.secrets, 'API keys')
  return {
    ...authentication,
    apiKeys: {
      ...createApiKeyService({ database, command, sealer, forget: authentication.forgetKeys }),
      usage: createUsageService(deps),
    },
    usage: createKeyUsage(database),
    cleanUp: async () => {
      await dropLongRevoked(database, secondsFromNow(-revokedDays * daySeconds))
      await dropOldUsage(database, secondsFromNow(-limits.apiKeyUsageDays * daySeconds))
    },
  }
}
