import type { Readable } from 'node:stream'
import type { Context, Middleware } from 'koa'
import type { Operation } from '../../../contract/index.ts'
import { bind } from '../../kernel/bind.ts'
import { assertCan } from '../../kernel/can.ts'
import type { PublicScope, Scope } from '../../kernel/scope.ts'
import { dropBody } from './body.ts'
import { type CredentialRules, identify, type Known } from './credentials.ts'
import { mostFormBytes, readForm } from './multipart.ts'
import type { Pace } from './pace.ts'
import type { Receiving } from './receiving.ts'
import type { RequestState } from './request.ts'
import { spendCost } from './rate-limits.ts'
import { respond } from './respond.ts'
import { scopeOf } from './scope.ts'

/** `identifyAgain` is for long operations, during which a right may have ended. */
export type Serve = (ctx: Context, scope: PublicScope, identifyAgain: () => Promise<Known>) => Promise<void>

/** Authentication comes first. */
export const guarded =
  (operation: Operation, credentials: CredentialRules, serve: Serve): Middleware<RequestState> =>
  async ctx => {
    ctx.state.route = operation.path
    const who = () => identify(ctx, credentials)
    const scope = scopeOf(ctx, await who(), undefined)
    ctx.state.scope = scope
    await spendCost(ctx.state.spending, operation, ctx.query)
    await serve(ctx, scope, who)
  }

export interface FormDeps {
  pace: Pace
  receiving: Receiving
}

/** What a feature does with the files of a form. */
export interface FormFiles<File extends { name: string; sha256: string }, Room> {
  fileBytes: number
  /** Refuses before anything is read. The result limits `receive`. */
  assertRoom(caller: Scope, announced: number): Promise<Room>
  /** For a repeated call, which gets the answer of the first call, whatever the limits are by now. */
  unlimited: Room
  /** Null when the file is too large. */
  receive(from: Readable, name: string, room: Room): Promise<File | null>
  keep(caller: Scope, input: never, files: readonly File[]): Promise<object>
  /** Removes the received files that were not kept. */
  discard(files: readonly File[]): Promise<void>
  /** The operation that the answer is described by, when that depends on it. */
  answered?(answer: object): Operation
}

/** Serves an operation with a form: receives its files, checks the caller again, and keeps the files. */
export function takeForm<File extends { name: string; sha256: string }, Room>(
  operation: Operation & { form: { files: number } },
  files: FormFiles<File, Room>,
  { pace, receiving }: FormDeps,
): Serve {
  const bounds = { ...operation.form, fileBytes: files.fileBytes }
  return async (ctx, scope, identifyAgain) => {
    assertCan(scope, operation)
    const caller = scope as Scope
    const received: File[] = []
    const take = async (): Promise<object> => {
      const room = scope.idempotency ? files.unlimited : await files.assertRoom(caller, ctx.request.length ?? 0)
      const form = await readForm(ctx, pace, bounds, async (from, name) => {
        const file = await files.receive(from, name, room)
        if (file) received.push(file)
        return file
      })
      const now = scopeOf(ctx, await identifyAgain(), contentOf(form.fields, form.files))
      const call = bind(operation, (asking: Scope, input: never) => files.keep(asking, input, form.files))
      return (await call(now, { query: ctx.query, body: form.fields })) as object
    }
    try {
      const answer = await receiving(caller.person.id, take)
      await respond(ctx, files.answered?.(answer) ?? operation, answer)
    } finally {
      await files.discard(received)
      // The upload was refused before it was read.
      if (!ctx.req.readableDidRead) await dropBody(ctx.req, mostFormBytes(bounds))
    }
  }
}

/**
 * The hash of a form for its Idempotency-Key. The body itself cannot be used, because its boundary differs each time;
 * so the hash covers the fields and the name and content of each file.
 */
const contentOf = (fields: Record<string, string>, files: readonly { name: string; sha256: string }[]): string =>
  JSON.stringify([Object.entries(fields).sort(), files.map(({ name, sha256 }) => [name, sha256])])
