import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import type { DeliveryStatus, WebhookDelivery } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { formatAgo, formatCount, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { RedeliverRange } from './redeliver-range.tsx'
import { deliveryNames } from './words.ts'

const pageSize = 20
/** No event tells of deliveries, so while the list is looked at it is read again. */
const lookAgainMs = 3_000

interface Props {
  webhookId: number
  /** Counts up when something was sent. */
  serial: number
}

/** What was sent to a webhook, newest first, with a way to send each again. */
export function Deliveries({ webhookId, serial }: Props) {
  const { client } = usePage()
  const [status, setStatus] = useState<DeliveryStatus | ''>('')
  const [isRangeOpen, setRangeOpen] = useState(false)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.webhooks.deliveries(
        { id: webhookId, cursor, page_size: pageSize, ...(status !== '' && { status: [status] }) },
        { signal },
      ),
    [client, webhookId, status],
  )
  const { items, end, reload, replace } = usePages<WebhookDelivery>(read)
  useEffect(() => void (serial > 0 && reload()), [serial, reload])

  /** Not under the hands of somebody who has scrolled on, nor in a tab that nobody sees. */
  const lookAgain = useEffectEvent(() => {
    if (!end.loading && items.length <= pageSize && document.visibilityState === 'visible') void reload()
  })
  useEffect(() => {
    const timer = setInterval(lookAgain, lookAgainMs)
    return () => clearInterval(timer)
  }, [])

  return (
    <section className="deliveries" aria-labelledby="deliveries">
      <div className="panel-head">
        <h3 id="deliveries">Deliveries</h3>
        <ChoiceField label="Show" names={{ '': 'All', ...deliveryNames }} value={status} onChange={setStatus} />
        <button type="button" className="button" onClick={() => setRangeOpen(true)}>
          Send a range again…
        </button>
      </div>
      <ul aria-label="Deliveries">
        {items.map(delivery => (
          <Row
            key={delivery.id}
            delivery={delivery}
            onChanged={changed => replace(now => (now.id === changed.id ? changed : now))}
          />
        ))}
      </ul>
      <ListEnd {...end} isByHand>
        Nothing was sent yet.
      </ListEnd>
      {isRangeOpen && (
        <RedeliverRange
          webhookId={webhookId}
          listed={items}
          onSent={() => void reload()}
          onClose={() => setRangeOpen(false)}
        />
      )}
    </section>
  )
}

function Row({ delivery, onChanged }: { delivery: WebhookDelivery; onChanged: (delivery: WebhookDelivery) => void }) {
  const { client } = usePage()
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const { id, event, status, created_at: at } = delivery
  const when = formatMoment(at)
  return (
    <li>
      <div>
        <b>{event}</b>
        <span className={status === 'failed' || status === 'skipped' ? 'tag tag-danger' : 'tag'}>
          {deliveryNames[status]}
        </span>
        <p>{factsOf(delivery)}</p>
        {delivery.error !== null && <p className="field-error">{delivery.error}</p>}
        <ErrorNotice>{errors.whole}</ErrorNotice>
      </div>
      <time dateTime={at} title={when}>
        {formatAgo(at)}
      </time>
      {delivery.offset !== null && (status === 'delivered' || status === 'failed') && (
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          onClick={() => void send(async () => onChanged(await client.webhooks.redeliver({ id })))}
        >
          Send again
          <span className="visually-hidden">
            {' '}
            {event}, {delivery.offset}
          </span>
        </button>
      )}
    </li>
  )
}

/** How the last attempt went, and when the next one is. */
function factsOf(delivery: WebhookDelivery) {
  const { attempts, status_code, duration_ms: ms, next_attempt_at: next, status, error, offset } = delivery
  return [
    // As it is written in the message, and typed for a range.
    offset !== null && `offset ${offset}`,
    // An error names it by itself.
    status_code !== null && error === null && `answered ${status_code}`,
    ms !== null && `in ${formatCount(ms)} ms`,
    attempts > 1 && `${formatCount(attempts)} attempts`,
    status === 'pending' && next !== null && attempts > 0 && `next one ${formatMoment(next)}`,
  ]
    .filter(part => part !== false)
    .join(', ')
}
