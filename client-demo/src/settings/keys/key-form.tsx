import { useId, useState } from 'react'
import { type ApiKey, limits, type Permission } from '../../../../sdk/index.ts'
import { Leaving, useLeaving } from '../../forms/leaving.tsx'
import { useSending } from '../../forms/use-sending.ts'
import { dayInput, endOfDay } from '../../lib/format.ts'
import { DayInput } from '../../ui/day-input.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { FormFoot } from '../../ui/form-foot.tsx'
import { ModalForm } from '../../ui/modal-form.tsx'
import { Modal } from '../../ui/modal.tsx'
import { PermissionPicker } from './permission-picker.tsx'

export interface KeyDraft {
  name: string
  permissions: Permission[]
  expires_at: string | null
  rate_limit: number | null
}

interface Props {
  title: string
  /** What the button says. */
  action: string
  /** As it is now; a new one otherwise. */
  apiKey?: ApiKey
  onClose: () => void
  /** Throws when it was refused. */
  onSend: (draft: KeyDraft) => Promise<void>
}

/** A new key, or the change of one. */
export function KeyForm({ title, action, apiKey, onClose, onSend }: Props) {
  const formId = useId()
  const first = {
    name: apiKey?.name ?? '',
    permissions: (apiKey?.permissions ?? []) as Permission[],
    day: dayInput(apiKey?.expires_at ?? null),
    rate: apiKey?.rate_limit?.toString() ?? '',
  }
  const [draft, setDraft] = useState(first)
  const { errors, busy, send, refuse } = useSending(['name', 'permissions', 'expires_at', 'rate_limit'], {
    staysOpen: true,
  })
  const isEdited = JSON.stringify(draft) !== JSON.stringify(first)
  const leaving = useLeaving({ isAtStake: isEdited, forget: () => setDraft(first), onClose })
  const set = (part: Partial<typeof draft>) => setDraft(now => ({ ...now, ...part }))

  function submit(form: HTMLFormElement) {
    if (draft.name.trim() === '') return refuse({ name: 'Say what it is for' })
    if (draft.permissions.length === 0) return refuse({ permissions: 'Choose at least one' })
    const rate = draft.rate === '' ? null : Number(draft.rate)
    if (rate !== null && !(Number.isInteger(rate) && rate > 0))
      return refuse({ rate_limit: 'Must be a whole number, 1 or more' })
    const expires = draft.day === first.day ? (apiKey?.expires_at ?? null) : draft.day ? endOfDay(draft.day) : null
    const { name, permissions } = draft
    void send(() => onSend({ name, permissions, expires_at: expires, rate_limit: rate }), form)
  }

  return (
    <Modal title={title} className="key-dialog" onClose={leaving.close} onBack={onClose}>
      <ModalForm id={formId} onSubmit={submit}>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Field label="Name" error={errors.fields.name} hint="What it is for, such as “Backup script”">
          {props => (
            <input
              {...props}
              type="text"
              data-first
              maxLength={limits.apiKeyName}
              value={draft.name}
              onChange={event => set({ name: event.target.value })}
            />
          )}
        </Field>
        <PermissionPicker
          chosen={draft.permissions}
          error={errors.fields.permissions}
          onChange={chosen => set({ permissions: [...chosen] })}
        />
        <div className="key-bounds">
          <Field label="Works until" error={errors.fields.expires_at} hint="To the end of that day; empty for ever">
            {props => <DayInput {...props} value={draft.day} onChange={event => set({ day: event.target.value })} />}
          </Field>
          <Field label="Calls a minute" error={errors.fields.rate_limit} hint="Empty for as many as you">
            {props => (
              <input
                {...props}
                type="text"
                inputMode="numeric"
                value={draft.rate}
                onChange={event => set({ rate: event.target.value })}
              />
            )}
          </Field>
        </div>
      </ModalForm>
      {leaving.isAsked ? (
        <Leaving {...leaving} />
      ) : (
        <FormFoot form={formId} action={action} busy={busy} onClose={leaving.close} />
      )}
    </Modal>
  )
}
