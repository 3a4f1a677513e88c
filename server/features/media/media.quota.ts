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
 * How many more bytes a person may keep: a hint, before files are received.
 *
 * @throws AppError `payload_too_large` on `file` when not a single one
 */
export async function roomLeft(db: Connection, { person }: Scope, quota: Quota): Promise<number> {
  const usage = await usageOf(db, person.id)
  assertFits(quota, { bytes: usage.bytes + 1, files: usage.files + 1 })
  return quota.bytes - usage.bytes
}

/**
 * Checks that a person may keep these files. A command waits for earlier ones of the same person, and later ones see
 * what it added. Adding up all sizes each time (1 ms for 10,000 files) keeps the sum right whatever deletes files.
 *
 * @throws AppError `payload_too_large` on `file`
 */
export async function assertQuota(tx: Connection, { person }: Scope, quota: Quota, files: readonly Prepared[]) {
  await lockUsage(tx, person.id)
  // A separate statement, because only that sees what was committed before the lock was granted.
  const usage = await usageOf(tx, person.id)
  const added = files.reduce((sum, { file }) => sum + file.size, 0)
  assertFits(quota, { bytes: usage.bytes + added, files: usage.files + files.length })
}

function assertFits(quota: Quota, usage: Quota) {
  if (usage.bytes > quota.bytes) throw tooManyBytes(quota)
  if (usage.files > quota.files) throw beyond(`you may keep at most ${quota.files} files`)
}

export const tooManyBytes = ({ bytes }: Quota) => beyond(`all your files together may have at most ${sizeText(bytes)}`)

const beyond = (why: string) =>
  new AppError('payload_too_large', 'Your quota is used up; delete some files first.', {
    fields: { file: [why] },
  })
