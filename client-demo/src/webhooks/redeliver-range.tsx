import { useId, useState } from 'react'
import type { WebhookDelivery } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { useWhileShown } from '../forms/use-while-shown.ts'
import { formatCount } from '../lib/format.ts'
import { useTitle } from '../lib/titles.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'

const title = 'Send a range again'
const fields = { from_offset: 'From offset', to_offset: 'To offset' } as const
type Offset = keyof typeof fields

interface Props {
  webhookId: number
  /** The deliveries that the person sees. The range of those that were given up is filled in. */
  listed: readonly WebhookDelivery[]
  onSent: () => void
  onClose: () => void
}

/** Sends the deliveries of a range of offsets once more, for a receiver that has lost some. */
export function RedeliverRange({ webhookId, listed, onSent, onClose }: Props) {
  const { client, toasts } = usePage()
  const formId = useId()
  const [range, setRange] = useState(() => rangeOf(listed))
  const { errors, busy, send, refuse } = useSending(['from_offset', 'to_offset'])
  const closeIfShown = useWhileShown(onClose)
  useTitle(title, { isOver: true })

  function submit(form: HTMLFormElement) {
    const wrong = (Object.keys(fields) as Offset[]).filter(name => !/^\d{1,15}$/.test(range[name].trim()))
    if (wrong.length > 0) return refuse(Object.fromEntries(wrong.map(name => [name, 'Give a whole number.'])))
    void send(async () => {
      const { redelivered_count: count } = await client.webhooks.redeliverRange({
        id: webhookId,
        from_offset: Number(range.from_offset),
        to_offset: Number(range.to_offset),
      })
      toasts.say(count === 1 ? 'One delivery is sent again' : `${formatCount(count)} deliveries are sent again`)
      onSent()
      closeIfShown()
    }, form)
  }

  return (
    <Modal title={title} className="ask-dialog" onClose={onClose}>
      <ModalForm id={formId} onSubmit={submit}>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <p className="hint">
          All deliveries of the range are sent once more, with the same ids, also those that arrived.
        </p>
        {(Object.keys(fields) as Offset[]).map(name => (
          <Field key={name} label={fields[name]} error={errors.fields[name]}>
            {props => (
              <input
                {...props}
                inputMode="numeric"
                value={range[name]}
                onChange={event => setRange({ ...range, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </ModalForm>
      <FormFoot form={formId} action="Send them again" busy={busy} onClose={onClose} />
    </Modal>
  )
}

function rangeOf(listed: readonly WebhookDelivery[]): Record<Offset, string> {
  const failed = listed.filter(({ status, offset }) => status === 'failed' && offset !== null)
  const offsets = failed.map(({ offset }) => offset!)
  if (offsets.length === 0) return { from_offset: '', to_offset: '' }
  return { from_offset: String(Math.min(...offsets)), to_offset: String(Math.max(...offsets)) }
}
