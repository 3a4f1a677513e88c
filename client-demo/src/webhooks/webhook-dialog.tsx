import { useState } from 'react'
import type { Webhook } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { formatCount, formatMoment } from '../lib/format.ts'
import { useTitle } from '../lib/titles.ts'
import { usePage } from '../lib/use-page.ts'
import { Ask } from '../ui/ask.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { Deliveries } from './deliveries.tsx'
import { EditWebhook } from './edit-webhook.tsx'
import { Secret } from './secret.tsx'
import { eventsInWords, webhookName, whyStopped } from './words.ts'

interface Props {
  webhook: Webhook
  onChanged: (webhook: Webhook) => void
  onRemoved: () => void
  onClose: () => void
}

interface Tested {
  delivered: boolean
  status_code: number | null
  duration_ms: number
  error: string | null
}

/** One webhook: what it gets, what was sent to it, and what one may do with it. */
export function WebhookDialog({ webhook, onChanged, onRemoved, onClose }: Props) {
  const { client, toasts } = usePage()
  const { id } = webhook
  const name = webhookName(webhook)
  const [over, setOver] = useState<'edit' | 'rotate' | 'remove' | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const [tested, setTested] = useState<Tested | null>(null)
  const [sent, setSent] = useState(0)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  useTitle(name, { isOver: true })

  async function test() {
    setTested(null)
    await send(async () => setTested(await client.webhooks.test({ webhook_id: id })))
    setSent(now => now + 1)
  }

  function rotate() {
    setOver(null)
    void send(async () => {
      const { secret: fresh, ...changed } = await client.webhooks.rotateSecret({ id })
      setSecret(fresh)
      onChanged(changed)
    })
  }

  function remove() {
    setOver(null)
    void send(async () => {
      await client.webhooks.delete({ id })
      toasts.say('The webhook is removed')
      onRemoved()
    })
  }

  return (
    <Modal title={name} className="webhook-dialog" onClose={onClose}>
      <div className="modal-body">
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Facts webhook={webhook} />
        {secret !== null && <Secret secret={secret} />}
        <div className="webhook-deeds">
          <button type="button" className="button" aria-disabled={busy} onClick={() => void test()}>
            Send a test
          </button>
          <button type="button" className="button" onClick={() => setOver('edit')}>
            Change…
          </button>
          <button type="button" className="button" onClick={() => setOver('rotate')}>
            New secret…
          </button>
          <button type="button" className="button button-quiet danger" onClick={() => setOver('remove')}>
            Remove…
          </button>
        </div>
        <div className="webhook-answer" aria-live="polite">
          {tested && <p className={tested.delivered ? 'notice' : 'notice notice-error'}>{testInWords(tested)}</p>}
        </div>
        <Deliveries webhookId={id} serial={sent} />
      </div>
      {over === 'edit' && <EditWebhook webhook={webhook} onChanged={onChanged} onClose={() => setOver(null)} />}
      {over === 'rotate' && (
        <Ask
          title="Make a new secret?"
          text="Messages are signed with the former one too for a day, so that the receiver can be changed without losing any."
          action="Make a new one"
          onYes={rotate}
          onClose={() => setOver(null)}
        />
      )}
      {over === 'remove' && (
        <Ask
          title="Remove the webhook?"
          text={`Nothing is sent to ${name} any more, and the list of what was sent goes too.`}
          action="Remove"
          onYes={remove}
          onClose={() => setOver(null)}
        />
      )}
    </Modal>
  )
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { url, events, ordered, previous_secret_until: until } = webhook
  const stopped = whyStopped(webhook)
  return (
    <div className="webhook-facts">
      <p className="webhook-address">{url}</p>
      <p className="hint">
        Gets {eventsInWords(events, events.length)}
        {ordered && ', one after the other'}.
        {until !== null && ` The former secret counts until ${formatMoment(until)}.`}
      </p>
      {stopped !== null && <p className="field-error">{stopped}</p>}
    </div>
  )
}

const testInWords = ({ delivered, status_code: code, duration_ms: ms, error }: Tested) =>
  delivered
    ? `The test arrived: answered ${code} in ${formatCount(ms)} ms`
    : `The test did not arrive: ${error ?? `answered ${code}`} (${formatCount(ms)} ms)`
