import type Router from '@koa/router'
import { exportTransfers } from '../../../contract/index.ts'
import type { FindExportFile } from '../../features/exports/index.ts'
import type { CredentialRules } from './credentials.ts'
import { guarded } from './form.ts'
import { giveFile } from './give-file.ts'
import type { RequestTurns } from './request-turns.ts'

/** Downloads of the files of exports; operations of the contract serve what is known of them. */
export function addExportRoutes(
  router: Router,
  credentials: CredentialRules,
  find: FindExportFile,
  turns: RequestTurns,
): void {
  const { file } = exportTransfers
  router.get(
    [`/api/v1${file.path}`, `/api${file.path}`],
    guarded(file, credentials, giveFile(file, find, turns)) as never,
  )
}
