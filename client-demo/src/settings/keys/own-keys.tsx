import { useCallback, useState } from 'react'
import type { ApiKey } from '../../../../sdk/index.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePages } from '../../live/use-pages.ts'
import { Icon } from '../../ui/icon.tsx'
import { ListEnd } from '../../ui/list-end.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { KeyRow } from '../../keys/key-row.tsx'
import { NewKey } from './new-key.tsx'
import '../../styles/keys.css'

/** Keys of one's own programs. */
export function OwnKeys() {
  const { client } = usePage()
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<ApiKey | null>(null)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => client.apiKeys.list({ cursor, page_size: 50 }, { signal }),
    [client],
  )
  const { items, end, reload, replace } = usePages<ApiKey>(read)

  function changed(apiKey: ApiKey) {
    replace(now => (now.id === apiKey.id ? apiKey : now))
    setOpened(now => (now?.id === apiKey.id ? apiKey : now))
  }

  return (
    <section className="panel" aria-labelledby="own-keys">
      <div className="panel-head">
        <div>
          <h2 id="own-keys">Your API keys</h2>
          <p className="hint">With a key a program of yours calls Taskwire, and does there what the key allows.</p>
        </div>
        <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          Make a key
        </button>
      </div>
      <div aria-busy={end.loading}>
        <ul className="keys" aria-label="API keys">
          {items.map(apiKey => (
            <KeyRow key={apiKey.id} apiKey={apiKey} onOpen={() => setOpened(apiKey)} />
          ))}
        </ul>
        <ListEnd {...end}>You have none yet.</ListEnd>
      </div>
      {adding && <NewKey onAdded={() => void reload()} onClose={() => setAdding(false)} />}
      {opened && (
        <KeyDialog
          apiKey={opened}
          onChanged={changed}
          onRevoked={() => {
            setOpened(now => (now?.id === opened.id ? null : now))
            void reload()
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </section>
  )
}
