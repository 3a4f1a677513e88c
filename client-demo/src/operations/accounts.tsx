import { useCallback, useDeferredValue, useState } from 'react'
import type { User } from '../../../sdk/index.ts'
import { useTypedFilters } from '../filters/use-filters.ts'
import { usePages } from '../live/use-pages.ts'
import { usePage } from '../lib/use-page.ts'
import { AccountDialog } from './account-dialog.tsx'
import { accountFilters, AccountFilterForm, asked } from './account-filters.tsx'
import { AccountRow } from './account-row.tsx'
import { BulkActions } from './bulk-actions.tsx'
import { ListEnd } from '../ui/list-end.tsx'

const none: ReadonlySet<number> = new Set()

/** All accounts, to be found, changed one by one, and acted on together. */
export function Accounts() {
  const { client } = usePage()
  const [filters, setFilters] = useTypedFilters(accountFilters)
  const [selected, setSelected] = useState(none)
  const [opened, setOpened] = useState<User | null>(null)
  const wanted = useDeferredValue(filters)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.adminUsers.list({ ...asked(wanted), cursor, page_size: 50 }, { signal }),
    [client, wanted],
  )
  const pages = usePages<User>(read)
  const changed = (user: User) => pages.replace(now => (now.id === user.id ? user : now))

  function select(id: number, is: boolean) {
    const next = new Set(selected)
    if (is) next.add(id)
    else next.delete(id)
    setSelected(next)
  }

  return (
    <section className="panel" aria-label="Accounts" aria-busy={pages.end.loading}>
      <AccountFilterForm
        filters={filters}
        onChange={next => {
          setFilters(next)
          setSelected(none)
        }}
      />
      {pages.items.length > 0 && (
        <label className="accounts-all">
          <input
            type="checkbox"
            checked={pages.items.every(({ id }) => selected.has(id))}
            onChange={event => setSelected(event.target.checked ? new Set(pages.items.map(({ id }) => id)) : none)}
          />
          Select all that are shown
        </label>
      )}
      <ul className="accounts">
        {pages.items.map(user => (
          <AccountRow
            key={user.id}
            user={user}
            isSelected={selected.has(user.id)}
            onSelect={is => select(user.id, is)}
            onOpen={() => setOpened(user)}
          />
        ))}
      </ul>
      <ListEnd {...pages.end}>Nobody fits these filters.</ListEnd>
      {selected.size > 0 && (
        <BulkActions
          ids={selected}
          onClear={() => setSelected(none)}
          onDone={() => {
            setSelected(none)
            void pages.reload()
          }}
        />
      )}
      {opened && (
        <AccountDialog
          user={opened}
          onClose={() => setOpened(null)}
          onChanged={user => {
            changed(user)
            setOpened(now => (now?.id === user.id ? user : now))
          }}
        />
      )}
    </section>
  )
}
