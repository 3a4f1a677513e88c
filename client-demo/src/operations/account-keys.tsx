import { useCallback, useState } from 'react'
import type { ApiKey, User } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { KeyRow } from '../keys/key-row.tsx'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { Ask } from '../ui/ask.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import '../styles/keys.css'

/** The API keys of somebody else: what they may, when they were used, and the end of one. */
export function AccountKeys({ user }: { user: User }) {
  const { client, toasts } = usePage()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.apiKeys.list({ cursor, page_size: 50, user_id: [user.id] }, { signal }),
    [client, user.id],
  )
  const { items, end, reload } = usePages<ApiKey>(read)

  function revoke({ id }: ApiKey) {
    setRevoking(null)
    void send(async () => {
      await client.apiKeys.revoke({ id })
      toasts.say('The key is revoked')
      void reload()
    })
  }

  return (
    <section aria-labelledby="account-keys" aria-busy={end.loading}>
      <h3 id="account-keys">API keys</h3>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <ul className="keys" aria-label={`API keys of ${user.name}`}>
        {items.map(apiKey => (
          <KeyRow key={apiKey.id} apiKey={apiKey}>
            {apiKey.revoked_at === null && (
              <button
                type="button"
                className="button button-quiet danger"
                aria-disabled={busy}
                onClick={() => setRevoking(apiKey)}
              >
                Revoke…<span className="visually-hidden"> {apiKey.name}</span>
              </button>
            )}
          </KeyRow>
        ))}
      </ul>
      <ListEnd {...end}>There are none.</ListEnd>
      {revoking && (
        <Ask
          title="Revoke the key?"
          text={`Programs that call with “${revoking.name}” are refused from now on. It cannot be brought back, and ${user.name} is told.`}
          action="Revoke"
          onYes={() => revoke(revoking)}
          onClose={() => setRevoking(null)}
        />
      )}
    </section>
  )
}
