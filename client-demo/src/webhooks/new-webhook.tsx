import { useId, useState } from 'react'
import { Leaving, useLeaving } from '../forms/leaving.tsx'
import { usePage } from '../lib/use-page.ts'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { ShownOnce } from '../ui/shown-once.tsx'
import { Secret } from './secret.tsx'
import { useWebhookForm } from './use-webhook-form.ts'
import { asSent } from './webhook-draft.ts'
import { WebhookFieldSet } from './webhook-fields.tsx'

interface Props {
  onAdded: () => void
  onClose: () => void
}

/** Registers an address. The secret is shown here and never again. */
export function NewWebhook({ onAdded, onClose }: Props) {
  const { client } = usePage()
  const formId = useId()
  const form = useWebhookForm()
  const [secret, setSecret] = useState<string | null>(null)
  const leaving = useLeaving({ isAtStake: form.isEdited && secret === null, forget: form.forget, onClose })

  if (secret !== null) {
    return (
      <ShownOnce title="The webhook is registered" onClose={onClose}>
        <Secret secret={secret} />
      </ShownOnce>
    )
  }
  return (
    <Modal title="Add a webhook" onClose={leaving.close} onBack={onClose}>
      <ModalForm
        id={formId}
        onSubmit={element =>
          void form.sendWhole(async () => {
            setSecret((await client.webhooks.register(asSent(form.draft))).secret)
            form.startOver()
            onAdded()
          }, element)
        }
      >
        <WebhookFieldSet form={form} />
      </ModalForm>
      {leaving.isAsked ? (
        <Leaving {...leaving} />
      ) : (
        <FormFoot form={formId} action="Add it" busy={form.busy} onClose={leaving.close} />
      )}
    </Modal>
  )
}
