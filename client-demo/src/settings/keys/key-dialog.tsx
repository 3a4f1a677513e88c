import { useState } from 'react'
import type { ApiKey } from '../../../../sdk/index.ts'
import { useSending } from '../../forms/use-sending.ts'
import { formatCount, formatMoment } from '../../lib/format.ts'
import { useTitle } from '../../lib/titles.ts'
import { usePage } from '../../lib/use-page.ts'
import { Ask } from '../../ui/ask.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Modal } from '../../ui/modal.tsx'
import { useConfirmed } from '../use-confirmed.tsx'
import { KeyForm } from './key-form.tsx'
import { KeyUsage } from './key-usage.tsx'
import { RotateKey } from './rotate-key.tsx'
import { ShownKey } from './shown-key.tsx'
import { expiryInWords, permissionsInWords, whyOver } from '../../keys/words.ts'

interface Props {
  apiKey: ApiKey
  onChanged: (apiKey: ApiKey) => void
  onRevoked: () => void
  onClose: () => void
}

/** One key: what it may do, what was called with it, and what one may do with it. */
export function KeyDialog({ apiKey, onChanged, onRevoked, onClose }: Props) {
  const { client, toasts } = usePage()
  const { id, name } = apiKey
  const [above, setAbove] = useState<'edit' | 'rotate' | 'revoke' | null>(null)
  const [fresh, setFresh] = useState<string | null>(null)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const { confirmed, dialog } = useConfirmed()
  useTitle(name, { isOver: true })

  function rotate(overlap_seconds: number) {
    setAbove(null)
    void send(() =>
      confirmed(async () => {
        const { key, ...changed } = await client.apiKeys.rotate({ id, overlap_seconds })
        setFresh(key)
        onChanged(changed)
      }),
    )
  }

  function revoke() {
    setAbove(null)
    void send(async () => {
      await client.apiKeys.revoke({ id })
      toasts.say('The key is revoked')
      onRevoked()
    })
  }

  return (
    <Modal title={name} className="key-dialog" onClose={onClose}>
      <div className="modal-body">
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Facts apiKey={apiKey} />
        {fresh !== null && <ShownKey value={fresh} />}
        {apiKey.revoked_at === null && (
          <div className="key-deeds">
            <button type="button" className="button" onClick={() => setAbove('edit')}>
              Change…
            </button>
            <button type="button" className="button" aria-disabled={busy} onClick={() => setAbove('rotate')}>
              Rotate…
            </button>
            <button type="button" className="button button-quiet danger" onClick={() => setAbove('revoke')}>
              Revoke…
            </button>
          </div>
        )}
        <KeyUsage key={id} id={id} />
      </div>
      {above === 'edit' && (
        <KeyForm
          title="Change the key"
          action="Save"
          apiKey={apiKey}
          onClose={() => setAbove(null)}
          onSend={async draft => {
            onChanged(await client.apiKeys.update({ id, ...draft }))
            setAbove(null)
          }}
        />
      )}
      {above === 'rotate' && <RotateKey onRotate={rotate} onClose={() => setAbove(null)} />}
      {above === 'revoke' && (
        <Ask
          title="Revoke the key?"
          text={`Programs that call with “${name}” are refused from now on. It cannot be brought back.`}
          action="Revoke"
          onYes={revoke}
          onClose={() => setAbove(null)}
        />
      )}
      {dialog}
    </Modal>
  )
}

function Facts({ apiKey }: { apiKey: ApiKey }) {
  const { client } = usePage()
  const { prefix, permissions, created_at, revoked_at, rate_limit, previous_key_until: until } = apiKey
  const over = whyOver(apiKey, client.now())
  return (
    <div className="key-facts">
      <p>
        <code>{prefix}_…</code> {over !== null && <span className="tag tag-danger">{over}</span>}
      </p>
      <p>May: {permissionsInWords(permissions)}.</p>
      <p>
        Made {formatMoment(created_at)}.{' '}
        {revoked_at === null ? `${expiryInWords(apiKey)}.` : `Revoked ${formatMoment(revoked_at)}.`}
        {rate_limit !== null && ` ${formatCount(rate_limit)} calls a minute.`}
      </p>
      {until !== null && <p>The key from before the last rotation works until {formatMoment(until)}.</p>}
    </div>
  )
}
