import { limits } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { Clashes } from '../forms/clashes.tsx'
import { Theirs } from '../forms/theirs.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { EventPicker } from './event-picker.tsx'
import type { WebhookForm } from './use-webhook-form.ts'

/** What can be set of a webhook. */
export function WebhookFieldSet({ form }: { form: WebhookForm }) {
  const { errors, draft, base, clashes, set } = form
  const hintOf = (field: 'url' | 'description', hint: string) =>
    clashes.includes(field) ? <Theirs value={base[field]} onTake={() => set({ [field]: base[field] })} /> : hint
  return (
    <>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <Clashes isShown={clashes.length > 0} />
      <Restored isShown={form.isRestored} onStartOver={form.startOver} />
      <Field
        label="Address"
        error={errors.fields.url}
        hint={hintOf('url', 'Called with POST and JSON, signed with a secret')}
      >
        {props => (
          <input
            {...props}
            data-first
            type="url"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://example.com/hooks"
            value={draft.url}
            onChange={event => set({ url: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="What it is for"
        error={errors.fields.description}
        hint={hintOf('description', 'Its name in the list')}
      >
        {props => (
          <input
            {...props}
            type="text"
            maxLength={limits.webhookDescription}
            value={draft.description}
            onChange={event => set({ description: event.target.value })}
          />
        )}
      </Field>
      <EventPicker draft={draft} error={errors.fields.events} onChange={set} />
      <label className="check">
        <input type="checkbox" checked={draft.ordered} onChange={event => set({ ordered: event.target.checked })} />
        One after the other: each waits until the one before has arrived or was given up
      </label>
    </>
  )
}
