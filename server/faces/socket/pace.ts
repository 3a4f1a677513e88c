import { setTimeout as sleep } from 'node:timers/promises'
import type { Budgets } from '../../kernel/budgets.ts'
import type { Member } from './member.ts'

/** Somebody who waits is looked at again after so long, for they may have gone. */
const longestPauseMs = 500

/** Lets a person's joins wait while the person has been told more rows (events, members) than their budget gives. */
export function createPace(rows: Budgets<number>) {
  async function wait(member: Pick<Member, 'person' | 'closed'>): Promise<void> {
    for (;;) {
      const ms = rows.debtMs(member.person.id)
      if (ms === 0 || member.closed) return
      await sleep(Math.min(Math.ceil(ms), longestPauseMs), undefined, { ref: false })
    }
  }
  return {
    wait,
    /** What was told just now; known only afterwards. */
    told: ({ person }: Pick<Member, 'person'>, count: number): void => void rows.owe(person.id, count),
  }
}
