import type { audit } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createSharedAnswer } from '../../kernel/shared-answer.ts'
import type { Database } from '../../ports/database.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import { present } from './audit.present.ts'
import { countAudit, listAudit } from './audit.queries.ts'
import { beginning, checkLinks, findUnchained, type Link } from './chain.queries.ts'
import type { AuditChain } from './seal.ts'

/**
 * Who did what, for administrators to read. The chain is checked once for all who ask meanwhile.
 *
 * @param pageEntries the number of entries that one statement checks
 */
export const createAuditLog = (
  { database, chain }: { database: Database; chain: AuditChain },
  pageEntries = 5_000,
): Omit<Handlers<typeof audit>, 'export'> => ({
  async list(_scope, { page, page_size, cursor, ...filters }) {
    const found = await pageOf(
      { page, page_size, cursor },
      ['audit', filters],
      newestFirst,
      clauses => listAudit(database.reads, filters, clauses),
      () => countAudit(database.reads, filters),
    )
    return { ...found, results: found.results.map(present) }
  },

  verify: createSharedAnswer(0, async () => {
    await chain.seal()
    let last: Link = beginning
    let checked = 0
    let broken: number | undefined
    for (;;) {
      const links: (Link & { fits: boolean })[] = await checkLinks(database, last, pageEntries)
      const at = links.findIndex(({ fits }) => !fits)
      const fitting = at === -1 ? links : links.slice(0, at)
      checked += fitting.length
      last = fitting.at(-1) ?? last
      broken = links[at]?.entry_id
      if (broken !== undefined || links.length < pageEntries) break
    }
    broken ??= await findUnchained(database)
    const signed = await chain.heads.check(database)
    return {
      ok: broken === undefined && signed.first_broken_seq === null,
      checked,
      ...(broken !== undefined && { first_broken_id: broken }),
      last: last === beginning ? null : { id: last.entry_id, hash: last.hash },
      heads: signed,
    }
  }),
})
