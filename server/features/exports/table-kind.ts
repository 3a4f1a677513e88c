import type { exportDataFormats } from '../../../contract/index.ts'
import { parse } from '../../kernel/bind.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { countOf } from '../../ports/database.ts'
import type { ExportKind } from './export-kind.ts'
import { rowsAsText } from './export-text.ts'

/** Rows that are read at once: about so much text, and never more rows than keep the event loop for some milliseconds. */
const portion = { first: 100, characters: 256 * 1024, most: 500 }

/** Things that are rows of a list. */
export const tableKind = (source: ExportSource): ExportKind => {
  const read = (filters: Record<string, unknown>) => parse(source.filters, asParameters(filters), 'query')
  return {
    adminOnly: source.adminOnly ?? false,
    check: filters => void read(filters),
    async *write({ db, person, format, filters, progress }) {
      const { rows, count, present } = await source.select(db, person, read(filters) as never)
      const text = rowsAsText(format as (typeof exportDataFormats)[number], source.columns)
      if (count) progress.total(await countOf(db, count))
      yield text.begin
      let next: number = portion.first
      let isFirst = true
      for await (const found of db.rows(rows, () => next)) {
        const written = text.rows(
          found.map(row => present(row as never)),
          isFirst,
        )
        isFirst = false
        next = Math.max(1, Math.min(portion.most, Math.round((found.length * portion.characters) / written.length)))
        yield written
        await progress.done(found.length)
      }
      yield text.end
    },
  }
}

/** Numbers and booleans as the text that they are in an address, where the filters of a list usually stand. */
const asParameters = (filters: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(filters).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  )
