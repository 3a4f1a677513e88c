import type Router from '@koa/router'
import { limits, mediaTransfers, type Operation } from '../../../contract/index.ts'
import type { Download, Downloads, Received, Room, Uploads } from '../../features/media/index.ts'
import { bind } from '../../kernel/bind.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CredentialRules } from './credentials.ts'
import { type FormDeps, type FormFiles, guarded, type Serve, takeForm } from './form.ts'
import type { RequestTurns } from './request-turns.ts'
import { sendFile } from './send-file.ts'

export interface MediaRoutes {
  uploads: Uploads
  downloads: Downloads
}

/** The routes that transfer files. Operations of the contract serve the metadata. */
export function addMediaRoutes(
  router: Router,
  credentials: CredentialRules,
  { uploads, downloads }: MediaRoutes,
  deps: FormDeps & { turns: RequestTurns },
): void {
  const { upload, file, thumbnail } = mediaTransfers
  const add = (operation: Operation, serve: Serve) =>
    router[operation.method](
      [`/api/v1${operation.path}`, `/api${operation.path}`],
      guarded(operation, credentials, serve) as never,
    )
  add(upload, takeForm(upload, filesOf(uploads), deps))
  add(file, giveFile(file, downloads.file, deps.turns))
  add(thumbnail, giveFile(thumbnail, downloads.thumbnail, deps.turns))
}

const { location, ...severalFiles } = mediaTransfers.upload

const filesOf = (uploads: Uploads): FormFiles<Received, Room> => ({
  fileBytes: limits.mediaFileBytes,
  ...uploads,
  unlimited: { bytes: Infinity },
  answered: answer => ('results' in answer ? severalFiles : { ...severalFiles, location }),
})

function giveFile(operation: Operation, find: Downloads['file'], turns: RequestTurns): Serve {
  const call = bind(operation, (scope: Scope, { id }: { id: number }) => find(scope, id))
  return async (ctx, scope) => {
    const person = scope.person!.id
    const { params } = ctx as unknown as { params: unknown }
    // The lookup in the database takes a turn like every other request; only the file itself takes long.
    const found = await turns.run('people', person, () => call(scope, { params, query: ctx.query }))
    if (await turns.hold('files', person, ctx.res)) await sendFile(ctx, found as Download)
  }
}
