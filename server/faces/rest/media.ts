import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { limits, mediaTransfers, type Operation } from '../../../contract/index.ts'
import type { Download, Downloads, Received, Room, Uploads } from '../../features/media/index.ts'
import { bind } from '../../kernel/bind.ts'
import type { PublicScope, Scope } from '../../kernel/scope.ts'
import { dropBody } from './body.ts'
import { type CredentialRules, identify, type Known } from './credentials.ts'
import { mostFormBytes, readForm } from './multipart.ts'
import type { Pace } from './pace.ts'
import type { Receiving } from './receiving.ts'
import type { RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'
import { respond } from './respond.ts'
import { scopeOf } from './scope.ts'
import { sendFile } from './send-file.ts'

export interface MediaRoutes {
  uploads: Uploads
  downloads: Downloads
  pace: Pace
  receiving: Receiving
}

const bounds = { ...mediaTransfers.upload.form, fileBytes: limits.mediaFileBytes }

/** `identifyAgain` is for long operations, during which a right may have ended. */
export type Serve = (ctx: Context, scope: PublicScope, identifyAgain: () => Promise<Known>) => Promise<void>

/** The routes that transfer files. Operations of the contract serve the metadata. */
export function addMediaRoutes(
  router: Router,
  credentials: CredentialRules,
  media: MediaRoutes,
  turns: RequestTurns,
): void {
  const { upload, file, thumbnail } = mediaTransfers
  const add = (operation: Operation, serve: Serve) =>
    router[operation.method](
      [`/api/v1${operation.path}`, `/api${operation.path}`],
      guarded(operation, credentials, serve) as never,
    )
  add(upload, (ctx, scope, identifyAgain) => takeUpload(ctx, scope as Scope, identifyAgain, media))
  add(file, giveFile(file, media.downloads.file, turns))
  add(thumbnail, giveFile(thumbnail, media.downloads.thumbnail, turns))
}

/** Authentication comes first. */
export const guarded =
  (operation: Operation, credentials: CredentialRules, serve: Serve): Middleware<RequestState> =>
  async ctx => {
    ctx.state.route = operation.path
    const who = () => identify(ctx, credentials)
    const scope = scopeOf(ctx, await who(), undefined)
    ctx.state.scope = scope
    await serve(ctx, scope, who)
  }

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

/**
 * The hash of a form for its Idempotency-Key. The body itself cannot be used, because its boundary differs each time;
 * so the hash covers the fields and the name and content of each file.
 */
export const contentOf = (fields: Record<string, string>, files: readonly { name: string; sha256: string }[]): string =>
  JSON.stringify([Object.entries(fields).sort(), files.map(({ name, sha256 }) => [name, sha256])])

async function takeUpload(
  ctx: Context,
  scope: Scope,
  identifyAgain: () => Promise<Known>,
  { uploads, pace, receiving }: MediaRoutes,
): Promise<void> {
  const received: Received[] = []
  const take = async () => {
    // A repeated call gets the same answer, whatever the person's quota is by now.
    const room: Room = scope.idempotency
      ? { bytes: Infinity }
      : await uploads.assertRoom(scope, ctx.request.length ?? 0)
    const { fields, files } = await readForm(ctx, pace, bounds, async (from, name) => {
      const file = await uploads.receive(from, name, room)
      if (file) received.push(file)
      return file
    })
    const now = scopeOf(ctx, await identifyAgain(), contentOf(fields, files))
    const keep = bind(mediaTransfers.upload, (caller: Scope, place: object) => uploads.keep(caller, place, files))
    return (await keep(now, { query: ctx.query, body: fields })) as object
  }
  try {
    const answer = await receiving(scope.person.id, take)
    const { location, ...several } = mediaTransfers.upload
    await respond(ctx, 'results' in answer ? several : { ...several, location }, answer)
  } finally {
    await uploads.discard(received)
    // The upload was refused before it was read.
    if (!ctx.req.readableDidRead) await dropBody(ctx.req, mostFormBytes(bounds))
  }
}
