import { useCallback } from 'react'
import { useTypedFilters } from '../../filters/use-filters.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePages } from '../../live/use-pages.ts'
import { ListEnd } from '../../ui/list-end.tsx'
import { AuditTools } from './audit-export.tsx'
import { asked, AuditFilterForm, auditFilters } from './audit-filters.tsx'
import { Entry } from './entry.tsx'

/** Who did what in the administration. */
export function AuditLog() {
  const { client } = usePage()
  const [filters, setFilters] = useTypedFilters(auditFilters)
  const question = JSON.stringify(asked(filters))
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.audit.list({ cursor, page_size: 50, ...(JSON.parse(question) as ReturnType<typeof asked>) }, { signal }),
    [client, question],
  )
  const pages = usePages(read)
  return (
    <section className="panel" aria-label="Audit log" aria-busy={pages.end.loading}>
      <AuditFilterForm filters={filters} onChange={setFilters} />
      <AuditTools filters={filters} />
      <ul className="audit">
        {pages.items.map(entry => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
      <ListEnd {...pages.end}>Nothing was done here in this time.</ListEnd>
    </section>
  )
}
