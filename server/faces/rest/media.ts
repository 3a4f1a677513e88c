import type Router from '@koa/router'
import { limits, mediaTransfers, type Operation } from '../../../contract/index.ts'
import type { Downloads, Received, Room, Uploads } from '../../features/media/index.ts'
import type { CredentialRules } from './credentials.ts'
import { type FormDeps, type FormFiles, guarded, type Serve, takeForm } from './form.ts'
import { giveFile } from './give-file.ts'
import type { RequestTurns } from './request-turns.ts'

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
