import type Router from '@koa/router'
import { importTransfers } from '../../../contract/index.ts'
import type { ImportUploads, ReceivedImport } from '../../features/imports/index.ts'
import type { CredentialRules } from './credentials.ts'
import { type FormDeps, guarded, takeForm } from './form.ts'

/** Uploads of files that jobs read; the answer is the job. */
export function addImportRoutes(
  router: Router,
  credentials: CredentialRules,
  { maxBytes, assertRoom, receive, begin, discard }: ImportUploads,
  deps: FormDeps,
): void {
  const { tasks } = importTransfers
  const files = {
    fileBytes: maxBytes,
    assertRoom,
    unlimited: undefined,
    receive,
    keep: (scope, input, [file]) => begin(scope, input, file!),
    discard,
  } satisfies Parameters<typeof takeForm<ReceivedImport, void>>[1]
  router.post(
    [`/api/v1${tasks.path}`, `/api${tasks.path}`],
    guarded(tasks, credentials, takeForm(tasks, files, deps)) as never,
  )
}
