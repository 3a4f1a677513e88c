import type { people } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import { type Order, pageOf } from '../../kernel/paging.ts'
import { createSearching } from '../../kernel/searching.ts'
import { presentPerson } from './accounts.present.ts'
import { countPeople, findPeople, findPerson, folded, type PersonRow } from './directory.queries.ts'

/** Sorted as in a directory, without regard to case. */
const byName: Order<PersonRow> = {
  column: folded,
  type: 'text',
  nullable: false,
  descending: false,
  position: row => ({ value: row.folded, tie: row.id }),
}

/** What every signed-in person may know about the others. */
export function createPeople({ database }: { database: Database }): Handlers<typeof people> {
  const read = createSearching(database, 2)

  return {
    async list({ person }, { page, page_size, cursor, ...filter }) {
      const found = await read(person.id, filter.search, db =>
        pageOf(
          { page, page_size, cursor },
          ['people', filter],
          byName,
          clauses => findPeople(db, filter, clauses),
          () => countPeople(db, filter),
        ),
      )
      return { ...found, results: found.results.map(presentPerson) }
    },

    async get(_scope, { id }) {
      const person = await findPerson(database, id)
      if (!person) throw notFound()
      return presentPerson(person)
    },
  }
}
