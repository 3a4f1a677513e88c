import { useState } from 'react'
import { usePage } from '../lib/use-page.ts'
import { Icon } from '../ui/icon.tsx'
import { NewWebhook } from '../webhooks/new-webhook.tsx'
import { WebhookList } from '../webhooks/webhook-list.tsx'

/** Programs of one's own that are told what happens. */
export function OwnWebhooks() {
  const { me } = usePage()
  const [adding, setAdding] = useState(false)
  const [added, setAdded] = useState(0)
  return (
    <section className="panel" aria-labelledby="own-webhooks">
      <div className="panel-head">
        <div>
          <h2 id="own-webhooks">Your webhooks</h2>
          <p className="hint">Addresses of programs that Taskwire calls when something happens that you may see.</p>
        </div>
        <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          Add a webhook
        </button>
      </div>
      <WebhookList of={me.id} serial={added} empty="You have none yet." />
      {adding && <NewWebhook onAdded={() => setAdded(now => now + 1)} onClose={() => setAdding(false)} />}
    </section>
  )
}
