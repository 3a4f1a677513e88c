import type { Operation } from '../../../contract/index.ts'
import type { Download } from '../../features/media/index.ts'
import { bind } from '../../kernel/bind.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Serve } from './form.ts'
import type { RequestTurns } from './request-turns.ts'
import { sendFile } from './send-file.ts'

/** Serves an operation that answers with a file. @param find refuses who may not have it */
export function giveFile(
  operation: Operation,
  find: (scope: Scope, id: number) => Promise<Download>,
  turns: RequestTurns,
): Serve {
  const call = bind(operation, (scope: Scope, { id }: { id: number }) => find(scope, id))
  return async (ctx, scope) => {
    const person = scope.person!.id
    const { params } = ctx as unknown as { params: unknown }
    // The lookup in the database takes a turn like every other request; only the file itself takes long.
    const found = await turns.run('people', person, () => call(scope, { params, query: ctx.query }))
    if (await turns.hold('files', person, ctx.res)) await sendFile(ctx, found as Download)
  }
}
