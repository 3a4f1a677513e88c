import { useCallback, useEffect, useState } from 'react'
import type { Webhook } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'
import { WebhookRow } from './webhook-row.tsx'
import '../styles/webhooks.css'

interface Props {
  /** Those of this person; null = everybody's. */
  of: number | null
  /** Whether each says whose it is. */
  hasOwners?: boolean
  /** Counts up when one was added. */
  serial?: number
  empty: string
}

/** Webhooks, newest first, each with what one may do with it. */
export function WebhookList({ of, hasOwners = false, serial = 0, empty }: Props) {
  const { client } = usePage()
  const [opened, setOpened] = useState<Webhook | null>(null)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.webhooks.list({ cursor, page_size: 50, ...(of !== null && { user_id: [of] }) }, { signal }),
    [client, of],
  )
  const { items, end, reload, replace } = usePages<Webhook>(read)
  useEffect(() => void (serial > 0 && reload()), [serial, reload])

  function changed(webhook: Webhook) {
    replace(now => (now.id === webhook.id ? webhook : now))
    setOpened(now => (now?.id === webhook.id ? webhook : now))
  }

  return (
    <div aria-busy={end.loading}>
      <ul className="webhooks" aria-label="Webhooks">
        {items.map(webhook => (
          <WebhookRow
            key={webhook.id}
            webhook={webhook}
            hasOwner={hasOwners}
            onOpen={() => setOpened(webhook)}
            onChanged={changed}
          />
        ))}
      </ul>
      <ListEnd {...end}>{empty}</ListEnd>
      {opened && (
        <WebhookDialog
          webhook={opened}
          onChanged={changed}
          onRemoved={() => {
            setOpened(now => (now?.id === opened.id ? null : now))
            void reload()
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  )
}
