import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { limits, mediaTransfers, type Operation } from '../../../contract/index.ts'
import type { Download, Downloads, Received, Uploads } from '../../features/media/index.ts'
import { bind } from '../../kernel/bind.ts'
import type { PublicScope, Scope } from '../../kernel/scope.ts'
import { dropBody } from './body.ts'
import { type CredentialRules, identify, type Known } from './credentials.ts'
import { mostFormBytes, readForm } from './multipart.ts'
import type { Pace } from './pace.ts'
import type { RequestState } from './request.ts'
import { respond } from './respond.ts'
import { scopeOf } from './scope.ts'
import { sendFile } from './send-file.ts'

export interface MediaRoutes {
  uploads: Uploads
  downloads: Downloads
  pace: Pace
}

const bounds = { files: limits.mediaFiles, fileBytes: limits.mediaFileBytes }

export type Serve = (ctx: Context, known: Known, scope: PublicScope) => Promise<void>

/** The routes on which files themselves travel; what is known of them is served like everything else. */
export function addMediaRoutes(router: Router, credentials: CredentialRules, media: MediaRoutes): void {
  const { upload, file, thumbnail } = mediaTransfers
  const add = (operation: Operation, serve: Serve) =>
    router[operation.method](
      [`/api/v1${operation.path}`, `/api${operation.path}`],
      guarded(operation, credentials, serve) as never,
    )
  add(upload, (ctx, known, scope) => takeUpload(ctx, known, scope as Scope, media))
  add(file, giveFile(file, media.downloads.file))
  add(thumbnail, giveFile(thumbnail, media.downloads.thumbnail))
}

/** Who it is comes before everything else. */
export const guarded =
  (operation: Operation, credentials: CredentialRules, serve: Serve): Middleware<RequestState> =>
  async ctx => {
    ctx.state.route = operation.path
    const known = await identify(ctx, credentials)
    const scope = scopeOf(ctx, known, undefined)
    ctx.state.scope = scope
    await serve(ctx, known, scope)
  }

function giveFile(operation: Operation, find: Downloads['file']): Serve {
  const call = bind(operation, (scope: Scope, { id }: { id: number }) => find(scope, id))
  return async (ctx, _, scope) => {
    const params = (ctx as unknown as { params: unknown }).params
    await sendFile(ctx, (await call(scope, { params, query: ctx.query })) as Download)
  }
}

/**
 * What an Idempotency-Key stands for cannot be the body as it came, whose boundary is another each time: it is the
 * fields and each file's name and content.
 */
export const contentOf = (fields: Record<string, string>, files: readonly { name: string; sha256: string }[]): string =>
  JSON.stringify([Object.entries(fields).sort(), files.map(({ name, sha256 }) => [name, sha256])])

async function takeUpload(ctx: Context, known: Known, scope: Scope, { uploads, pace }: MediaRoutes): Promise<void> {
  const received: Received[] = []
  try {
    // A repeated call is answered as before, whatever the person keeps by now.
    if (!scope.idempotency) await uploads.welcome(scope)
    const { fields, files } = await readForm(ctx, pace, bounds, async (from, name) => {
      const file = await uploads.receive(from, name)
      if (file) received.push(file)
      return file
    })
    const content = contentOf(fields, files)
    const keep = bind(mediaTransfers.upload, (caller: Scope, place: object) => uploads.keep(caller, place, files))
    const answer = (await keep(scopeOf(ctx, known, content), { query: ctx.query, body: fields })) as object
    const { location, ...several } = mediaTransfers.upload
    respond(ctx, 'results' in answer ? several : { ...several, location }, answer)
  } finally {
    await uploads.discard(received)
    // Refused before it was read.
    if (!ctx.req.readableDidRead) await dropBody(ctx.req, mostFormBytes(bounds))
  }
}
