import { z } from 'zod'
import { BulkUserAction, type User } from '../../../contract/index.ts'
import { assertCan } from '../../kernel/can.ts'
import { AppError } from '../../kernel/errors.ts'
import { changeAccounts } from './accounts.policy.ts'
import { audit, type Audited } from '../audit/index.ts'
import type { JobType } from '../jobs/index.ts'
import type { Authentication } from './authentication.ts'
import { type Change, changeStanding, lockAccounts } from './standing.ts'

/** The input, with the caller's address and user agent for the audit log. */
const Input = z.object({ ...BulkUserAction.shape, address: z.string(), userAgent: z.string() })
type Input = z.output<typeof Input>

/**
 * The number of accounts per transaction. A transaction locks the rows of all administrators, so other changes of
 * accounts wait for at most this many.
 */
const atOnce = 20

/** Errors that concern one account only. */
const itsOwn: string[] = ['not_found', 'conflict']

interface Failure {
  user_id: number
  code: string
  message: string
}

/** The number of finished accounts, and the accounts that failed. */
interface Cursor {
  next: number
  failed: Failure[]
}

/**
 * Changes accounts one after the other, each by the rules of a single change. An account that cannot be changed is
 * reported as a failure.
 */
export function bulkUserAction(forget: Authentication['forget']): JobType<Input, Cursor> {
  return {
    type: 'users_action',
    title: 'Change of accounts',
    input: Input,
    async run(work) {
      const { input } = work
      const ids = [...new Set(input.user_ids)].toSorted((one, other) => one - other)
      let { next, failed } = work.cursor ?? { next: 0, failed: [] }
      while (next < ids.length) {
        const piece = ids.slice(next, next + atOnce)
        await work.step(async (tx, scope) => {
          assertCan(scope, changeAccounts, null)
          const by = { person: scope.person, address: input.address, userAgent: input.userAgent }
          const held = await lockAccounts(tx, piece)
          const failures: Failure[] = []
          const done: Audited[] = []
          for (const id of piece) {
            try {
              const { audited } = await changeStanding(tx, by, held, id, now => changeOf(input, now), input.reason)
              if (audited) done.push(audited)
            } catch (error) {
              // Refused before anything was written. Any other error ends the step.
              if (!(error instanceof AppError) || !itsOwn.includes(error.code)) throw error
              failures.push({ user_id: id, code: error.code, message: error.message })
            }
          }
          for (const entry of done) await audit(tx, by, entry)
          const all = [...failed, ...failures]
          return {
            cursor: { next: next + piece.length, failed: all },
            processed: piece.length,
            failed: failures.length,
            total: ids.length,
            result: { changed: next + piece.length - all.length, failed: all },
          }
        })
        ;({ next, failed } = work.cursor!)
        for (const id of piece) forget({ user_id: id })
      }
    },
  }
}

function changeOf({ action, role }: Input, now: User): Change {
  switch (action) {
    case 'activate':
      return { is_active: true }
    case 'deactivate':
      return { is_active: false }
    case 'ban':
      return { is_active: false, is_banned: true }
    case 'unban':
      return now.is_banned ? { is_active: true, is_banned: false } : {}
    case 'verify':
      return { is_verified: true }
    case 'set_role':
      return { role }
    default:
      return action satisfies never
  }
}
