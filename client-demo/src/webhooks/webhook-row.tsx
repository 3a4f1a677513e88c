import type { Webhook } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonName } from '../people/avatar.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { eventsInWords, webhookName, whyStopped } from './words.ts'

interface Props {
  webhook: Webhook
  /** Whether it says whose it is. */
  hasOwner: boolean
  onOpen: () => void
  onChanged: (webhook: Webhook) => void
}

export function WebhookRow({ webhook, hasOwner, onOpen, onChanged }: Props) {
  const { client } = usePage()
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const { id, enabled, last_triggered_at: last, failing_since: failing } = webhook
  const name = webhookName(webhook)
  return (
    <li className={enabled ? undefined : 'is-off'}>
      <div>
        <button type="button" className="link-button" onClick={onOpen}>
          {name}
        </button>
        {!enabled && <span className="tag tag-danger">Off</span>}
        {enabled && failing !== null && (
          <span className="tag tag-danger" title={formatMoment(failing)}>
            Failing since {formatAgo(failing)}
          </span>
        )}
        {webhook.description !== null && <p className="webhook-address">{webhook.url}</p>}
        {!enabled && webhook.disabled_reason !== 'owner' && <p className="field-error">{whyStopped(webhook)}</p>}
        <small>
          {hasOwner && (
            <>
              Of <PersonName id={webhook.user_id} />.{' '}
            </>
          )}
          Gets {eventsInWords(webhook.events)}.{' '}
          {last === null ? (
            'Not called yet.'
          ) : (
            <>
              Called{' '}
              <time dateTime={last} title={formatMoment(last)}>
                {formatAgo(last)}
              </time>
              .
            </>
          )}
        </small>
        <ErrorNotice>{errors.whole}</ErrorNotice>
      </div>
      <button
        type="button"
        className="button"
        aria-disabled={busy}
        onClick={() => void send(async () => onChanged(await client.webhooks.update({ id, enabled: !enabled })))}
      >
        {enabled ? 'Turn off' : 'Turn on'}
        <span className="visually-hidden"> {name}</span>
      </button>
    </li>
  )
}
