import { useCallback } from 'react'
import { useSending } from '../forms/use-sending.ts'
import { formatAgo } from '../lib/format.ts'
import { useRoute } from '../lib/router.ts'
import { type Provider, signOnError } from '../lib/sign-on.ts'
import { usePage } from '../lib/use-page.ts'
import { useProviders } from '../lib/use-providers.ts'
import { usePages } from '../live/use-pages.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { useConfirmed } from './use-confirmed.tsx'

/** The accounts elsewhere that one signs in with. Nothing, where the server knows no providers. */
export function LinkedAccounts() {
  const providers = useProviders()
  return providers === undefined || providers.length === 0 ? null : <Linked providers={providers} />
}

function Linked({ providers }: { providers: readonly Provider[] }) {
  const { client, toasts } = usePage()
  const { query } = useRoute()
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => client.identities.list({ cursor, page_size: 50 }, { signal }),
    [client],
  )
  const { items, end, reload } = usePages(read)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const { confirmed, dialog } = useConfirmed()
  const tried = providers.find(({ id }) => id === query.get('provider'))

  const link = ({ id }: Provider) =>
    send(() =>
      confirmed(async () => {
        const { url } = await client.identities.link({ id, return_to: '/#/settings' })
        location.assign(url)
      }),
    )
  const unlink = (id: number) =>
    send(() =>
      confirmed(async () => {
        await client.identities.unlink({ id })
        toasts.say('The account is not linked any more')
        await reload()
      }),
    )

  return (
    <section className="panel" aria-labelledby="linked-accounts">
      <h2 id="linked-accounts">Linked accounts</h2>
      <ErrorNotice>{errors.whole ?? signOnError(query, tried?.name)}</ErrorNotice>
      <ul className="sessions" aria-label="Linked accounts">
        {items.map(identity => (
          <li key={identity.id}>
            <div id={`identity-${identity.id}`}>
              <b>{identity.provider_name}</b>
              <small>
                {identity.email ?? 'no e-mail address'}, linked {formatAgo(identity.linked_at)}
              </small>
            </div>
            <button
              type="button"
              className="button button-quiet"
              aria-describedby={`identity-${identity.id}`}
              aria-disabled={busy}
              onClick={() => void unlink(identity.id)}
            >
              Unlink
            </button>
          </li>
        ))}
      </ul>
      <ListEnd {...end} isByHand />
      <div className="row">
        {providers.map(provider => (
          <button
            key={provider.id}
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => void link(provider)}
          >
            Link {provider.name}
          </button>
        ))}
      </div>
      {dialog}
    </section>
  )
}
