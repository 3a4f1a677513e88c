import { useId } from 'react'
import type { Webhook } from '../../../sdk/index.ts'
import { Leaving, useLeaving } from '../forms/leaving.tsx'
import { useWhileShown } from '../forms/use-while-shown.ts'
import { usePage } from '../lib/use-page.ts'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { useWebhookForm } from './use-webhook-form.ts'
import { changesOf } from './webhook-draft.ts'
import { WebhookFieldSet } from './webhook-fields.tsx'

interface Props {
  webhook: Webhook
  onChanged: (webhook: Webhook) => void
  onClose: () => void
}

/** Changes what a webhook gets, and where. */
export function EditWebhook({ webhook, onChanged, onClose }: Props) {
  const { client } = usePage()
  const formId = useId()
  const form = useWebhookForm(webhook)
  const closeIfShown = useWhileShown(onClose)
  const leaving = useLeaving({ isAtStake: form.isEdited, forget: form.forget, onClose })
  return (
    <Modal title="Change the webhook" onClose={leaving.close} onBack={onClose}>
      <ModalForm
        id={formId}
        onSubmit={element =>
          void form.sendWhole(async () => {
            onChanged(await client.webhooks.update({ id: webhook.id, ...changesOf(form.edited, form.draft) }))
            form.forget()
            closeIfShown()
          }, element)
        }
      >
        <WebhookFieldSet form={form} />
      </ModalForm>
      {leaving.isAsked ? (
        <Leaving {...leaving} />
      ) : (
        <FormFoot form={formId} action="Save" busy={form.busy} onClose={leaving.close} />
      )}
    </Modal>
  )
}
