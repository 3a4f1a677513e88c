import type Router from '@koa/router'
import { importTransfers } from '../../../contract/index.ts'
import type { ImportUploads, ReceivedImport } from '../../features/imports/index.ts'
import { bind } from '../../kernel/bind.ts'
import { type Scope, signedIn } from '../../kernel/scope.ts'
import { dropBody } from './body.ts'
import type { CredentialRules } from './credentials.ts'
import { contentOf, guarded } from './media.ts'
import { mostFormBytes, readForm } from './multipart.ts'
import type { Pace } from './pace.ts'
import type { Receiving } from './receiving.ts'
import { respond } from './respond.ts'
import { scopeOf } from './scope.ts'

/** Uploads of files that jobs read; the answer is the job. */
export function addImportRoutes(
  router: Router,
  credentials: CredentialRules,
  uploads: ImportUploads,
  { pace, receiving }: { pace: Pace; receiving: Receiving },
): void {
  const { tasks } = importTransfers
  const bounds = { ...tasks.form, fileBytes: uploads.maxBytes }

  const serve = guarded(tasks, credentials, async (ctx, scope, identifyAgain) => {
    const received: ReceivedImport[] = []
    const caller = signedIn(scope)
    const take = async () => {
      // A repeated call gets the job that the first one started.
      if (!scope.idempotency) await uploads.assertRoom(caller)
      const { fields, files } = await readForm(ctx, pace, bounds, async (from, name) => {
        const file = await uploads.receive(from, name)
        if (file) received.push(file)
        return file
      })
      const now = scopeOf(ctx, await identifyAgain(), contentOf(fields, files))
      const begin = bind(tasks, (asking: Scope, input: Parameters<ImportUploads['begin']>[1]) =>
        uploads.begin(asking, input, files[0]!),
      )
      return begin(now, { query: ctx.query, body: fields })
    }
    try {
      await respond(ctx, tasks, await receiving(caller.person.id, take))
    } finally {
      await uploads.discard(received)
      // The upload was refused before it was read.
      if (!ctx.req.readableDidRead) await dropBody(ctx.req, mostFormBytes(bounds))
    }
  })
  router.post([`/api/v1${tasks.path}`, `/api${tasks.path}`], serve as never)
}
