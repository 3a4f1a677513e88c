import type { Connection } from '../../kernel/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Prepared } from './media.prepare.ts'
import { lockUsage, usageOf } from './media.queries.ts'

export interface Quota {
  bytes: number
  files: number
}

/**
 * Whether a person may keep so much more. In a command it waits for its turn, and everybody who comes later sees what it
 * added; summing up anew each time (1 ms for 10,000 files) is what keeps the figure right whatever deletes files.
 *
 * @param files null: any at all, which is only a hint
 * @throws AppError `payload_too_large` on `file`
 */
export async function assertQuota(db: Connection, scope: Scope, quota: Quota, files: readonly Prepared[] | null) {
  const { id } = scope.person
  if (files) await lockUsage(db, id)
  // A statement of its own, because only such a one sees what the lock has waited for.
  const usage = await usageOf(db, id)
  const added = files ?? [{ draft: { size: 1 } }]
  const bytes = usage.bytes + added.reduce((sum, { draft }) => sum + draft.size, 0)
  if (bytes > quota.bytes) throw beyond(`all your files together may have at most ${quota.bytes} bytes`)
  if (usage.files + added.length > quota.files) throw beyond(`you may keep at most ${quota.files} files`)
}

const beyond = (why: string) =>
  new AppError('payload_too_large', 'You keep as many files as you may; delete some first.', {
    fields: { file: [why] },
  })
