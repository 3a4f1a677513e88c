import type { Webhook } from '../../../sdk/index.ts'
import { useDraft } from '../forms/use-draft.ts'
import { useSending } from '../forms/use-sending.ts'
import { asSent, draftOf, newWebhook, webhookFields, type WebhookDraft, type WebhookField } from './webhook-draft.ts'

/** @param webhook as it is now; undefined = a new one */
export function useWebhookForm(webhook?: Webhook) {
  const form = useDraft<WebhookDraft, WebhookField>({
    thing: `webhook:${webhook?.id ?? 'new'}`,
    fields: webhookFields,
    first: newWebhook,
    now: webhook && { draft: draftOf(webhook), version: Date.parse(webhook.updated_at) },
  })
  const sending = useSending(['url', 'events', 'description', 'ordered'])

  return {
    ...form,
    ...sending,
    /** Sends what stands in the form, unless the page knows by itself that something is missing, and says so. */
    async sendWhole(work: () => Promise<void>, element: HTMLFormElement) {
      const { url, events } = asSent(form.draft)
      if (url !== '' && events.length > 0) return sending.send(work, element)
      sending.refuse({
        ...(url === '' && { url: 'Where are the events to be sent?' }),
        ...(events.length === 0 && { events: 'Choose at least one event' }),
      })
    },
  }
}
export type WebhookForm = ReturnType<typeof useWebhookForm>
