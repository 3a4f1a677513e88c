import { sizeText } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Prepared } from './media.prepare.ts'
import { lockUsage, usageOf } from './media.queries.ts'

export interface Quota {
  bytes: number
  files: number
}

/**
 * How many bytes more a person may keep: a hint, before files are received.
 *
 * @throws AppError `payload_too_large` on `file` when not one more
 */
export async function roomLeft(db: Connection, { person }: Scope, quota: Quota): Promise<number> {
  const usage = await usageOf(db, person.id)
  assertFits(quota, { bytes: usage.bytes + 1, files: usage.files + 1 })
  return quota.bytes - usage.bytes
}

/**
 * Whether a person may keep these files. In a command it waits for its turn, and everybody who comes later sees what it
 * added; summing up anew each time (1 ms for 10,000 files) is what keeps the figure right whatever deletes files.
 *
 * @throws AppError `payload_too_large` on `file`
 */
export async function assertQuota(tx: Connection, { person }: Scope, quota: Quota, files: readonly Prepared[]) {
  await lockUsage(tx, person.id)
  // A statement of its own, because only such a one sees what the lock has waited for.
  const usage = await usageOf(tx, person.id)
  const added = files.reduce((sum, { draft }) => sum + draft.size, 0)
  assertFits(quota, { bytes: usage.bytes + added, files: usage.files + files.length })
}

function assertFits(quota: Quota, usage: Quota) {
  if (usage.bytes > quota.bytes) throw tooManyBytes(quota)
  if (usage.files > quota.files) throw beyond(`you may keep at most ${quota.files} files`)
}

export const tooManyBytes = ({ bytes }: Quota) => beyond(`all your files together may have at most ${sizeText(bytes)}`)

const beyond = (why: string) =>
  new AppError('payload_too_large', 'You keep as many files as you may; delete some first.', {
    fields: { file: [why] },
  })
