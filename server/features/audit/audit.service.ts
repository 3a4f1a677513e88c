import type { audit } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createSharedAnswer } from '../../kernel/shared-answer.ts'
import type { Database } from '../../ports/database.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import { present } from './audit.present.ts'
import { checkAudit, countAudit, type Link, listAudit } from './audit.queries.ts'

/** What the first entry follows. */
const beginning: Link = { id: 0, hash: '' }

/**
 * The actions of administrators, for administrators to read. The chain is checked once for all who ask meanwhile.
 *
 * @param pageEntries the number of entries that one statement checks
 */
export const createAuditLog = (
  { database }: { database: Database },
  pageEntries = 5_000,
): Omit<Handlers<typeof audit>, 'export'> => ({
  async list(_scope, { page, page_size, cursor, ...filters }) {
    const found = await pageOf(
      { page, page_size, cursor },
      ['audit', filters],
      newestFirst,
      clauses => listAudit(database, filters, clauses),
      () => countAudit(database, filters),
    )
    return { ...found, results: found.results.map(present) }
  },

  verify: createSharedAnswer(0, async () => {
    let last: Link | null = null
    let checked = 0
    for (;;) {
      const links: (Link & { fits: boolean })[] = await checkAudit(database, last ?? beginning, pageEntries)
      const broken = links.findIndex(({ fits }) => !fits)
      const fitting = broken === -1 ? links : links.slice(0, broken)
      checked += fitting.length
      const end = fitting.at(-1)
      if (end) last = { id: end.id, hash: end.hash }
      if (broken !== -1) return { ok: false, checked, first_broken_id: links[broken]!.id, last }
      if (links.length < pageEntries) return { ok: true, checked, last }
    }
  }),
})
