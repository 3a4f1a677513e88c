import { setTimeout as sleep } from 'node:timers/promises'
import type { LogEvent } from '../../events/index.ts'
import type { Budgets } from '../../kernel/budgets.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Member } from './member.ts'

/** A waiting member is checked again after this time, because it may have disconnected. */
const longestPauseMs = 500
/** Clients wait 10 s for an answer, so a join that would wait longer than this is refused with a time to come again. */
const longestWaitMs = 5_000
/** This many bytes of events count as one further row, and so do this many members. */
const bytesPerRow = 2 * 1024
const membersPerRow = 10

type Waiting = Pick<Member, 'person' | 'closed'>

/** Delays the joins of a person who has been sent more rows (events, members) than the budget allows. */
export function createPace(rows: Budgets<number>) {
  async function pause(member: Waiting, ms: number) {
    for (let left = ms; left > 0 && !member.closed; left -= longestPauseMs)
      await sleep(Math.min(Math.ceil(left), longestPauseMs), undefined, { ref: false })
  }

  return {
    /**
     * Called before a join: waits for the present debt of the person, but not for rows that are sent to other sockets
     * meanwhile.
     *
     * @throws AppError rate_limited when that would take too long
     */
    enter: async (member: Waiting): Promise<void> => {
      const ms = rows.debtMs(member.person.id)
      if (ms <= longestWaitMs) return pause(member, ms)
      const retryAfter = Math.ceil(ms / 1_000)
      const details = { retry_after: retryAfter }
      throw new AppError('rate_limited', `Too many events were replayed; try again in ${retryAfter} s.`, {
        retryAfter,
        details,
      })
    },
    /** Called between two batches of a replay; waits as long as it takes. */
    wait: async (member: Waiting): Promise<void> => {
      for (let ms = rows.debtMs(member.person.id); ms > 0 && !member.closed; ms = rows.debtMs(member.person.id))
        await pause(member, Math.min(ms, longestPauseMs))
    },
    /** Counts rows that were just sent; their number is known only afterwards. */
    count: ({ person }: Pick<Member, 'person'>, events: readonly Pick<LogEvent, 'bytes'>[], members = 0): void => {
      const bytes = events.reduce((sum, event) => sum + event.bytes, 0)
      rows.owe(person.id, events.length + bytes / bytesPerRow + members / membersPerRow)
    },
  }
}
