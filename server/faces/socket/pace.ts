import { setTimeout as sleep } from 'node:timers/promises'
import type { LogEvent } from '../../events/index.ts'
import type { Budgets } from '../../kernel/budgets.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Member } from './member.ts'

/** Somebody who waits is looked at again after so long, for they may have gone. */
const longestPauseMs = 500
/** Clients wait for 10 s for an answer: a join that would have to wait for longer than this is told when to come again. */
const longestWaitMs = 5_000
/** So many bytes of events cost as much again as one event does, and so do so many members. */
const bytesPerRow = 2 * 1024
const membersPerRow = 10

type Waiting = Pick<Member, 'person' | 'closed'>

/** Lets a person's joins wait while the person has been told more rows (events, members) than their budget gives. */
export function createPace(rows: Budgets<number>) {
  async function pause(member: Waiting, ms: number) {
    for (let left = ms; left > 0 && !member.closed; left -= longestPauseMs)
      await sleep(Math.min(Math.ceil(left), longestPauseMs), undefined, { ref: false })
  }

  return {
    /**
     * Before a join: waits for what the person owes by now, but not for what is told to their other sockets meanwhile.
     * @throws AppError rate_limited where that would take too long
     */
    enter: async (member: Waiting): Promise<void> => {
      const ms = rows.debtMs(member.person.id)
      if (ms <= longestWaitMs) return pause(member, ms)
      const retryAfter = Math.ceil(ms / 1_000)
      const details = { retry_after: retryAfter }
      throw new AppError('rate_limited', `Too much was replayed; come back in ${retryAfter} s.`, {
        retryAfter,
        details,
      })
    },
    /** Between two batches of a replay, for as long as it takes. */
    wait: async (member: Waiting): Promise<void> => {
      for (let ms = rows.debtMs(member.person.id); ms > 0 && !member.closed; ms = rows.debtMs(member.person.id))
        await pause(member, Math.min(ms, longestPauseMs))
    },
    /** What was told just now; known only afterwards. */
    told: ({ person }: Pick<Member, 'person'>, events: readonly Pick<LogEvent, 'bytes'>[], members = 0): void => {
      const bytes = events.reduce((sum, event) => sum + event.bytes, 0)
      rows.owe(person.id, events.length + bytes / bytesPerRow + members / membersPerRow)
    },
  }
}
