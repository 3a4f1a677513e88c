import { useId } from 'react'
import { limits, type Flag, type FlagRule } from '../../../../sdk/index.ts'
import { Restored } from '../../drafts/restored.tsx'
import { Clashes } from '../../forms/clashes.tsx'
import { Leaving, useLeaving } from '../../forms/leaving.tsx'
import { Theirs } from '../../forms/theirs.tsx'
import { useEditedForm } from '../../forms/use-edited-form.ts'
import { useWhileShown } from '../../forms/use-while-shown.ts'
import { useTitle } from '../../lib/titles.ts'
import { usePage } from '../../lib/use-page.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { FormFoot } from '../../ui/form-foot.tsx'
import { Modal } from '../../ui/modal.tsx'
import { ModalForm } from '../../ui/modal-form.tsx'
import {
  changesOf,
  draftOf,
  errorNames,
  flagFields,
  newFlag,
  percentIn,
  ruleErrors,
  rulesIn,
  type FlagDraft,
  type FlagField,
} from './flag-draft.ts'
import { RuleFields } from './rule-fields.tsx'
import { ruleInWords } from './words.ts'

interface FlagDialogProps {
  /** null = a new one */
  name: string | null
  /** As it is now; undefined = it is new, or gone meanwhile. */
  flag: Flag | undefined
  isTaken: (name: string) => boolean
  onStored: (flag: Flag) => void
  /** It was changed meanwhile, in a way that is not known here yet. */
  onOutdated: () => void
  onClose: () => void
}

const badPercent = 'Must be a number from 0 to 100'

/** Making a flag, and saying for whom it is on. */
export function FlagDialog({ name, flag, isTaken, onStored, onOutdated, onClose }: FlagDialogProps) {
  const { client } = usePage()
  const formId = useId()
  const isNew = name === null
  const isGone = !isNew && flag === undefined
  const form = useEditedForm<FlagDraft, FlagField, Flag>({
    thing: `flag:${name ?? ''}`,
    fields: flagFields,
    first: newFlag,
    now: flag && { draft: draftOf(flag), version: flag.version ?? 0 },
    noun: 'flag',
    names: errorNames,
    onCurrent: onOutdated,
  })
  const { draft, edited, version, errors, set } = form
  const leaving = useLeaving({ isAtStake: form.isEdited && !isGone, forget: form.forget, onClose })
  const closeIfShown = useWhileShown(onClose)
  useTitle(name ?? 'A new flag', { isOver: true })

  function submit(element: HTMLFormElement) {
    if (isNew && isTaken(draft.name.trim())) return form.refuse({ name: 'There is a flag of this name already' })
    const share = percentIn(draft.rollout_percent)
    if (!(share >= 0 && share <= 100)) return form.refuse({ rollout_percent: badPercent })
    void form.send(async () => {
      const whole = isNew ? flagFields : edited
      // A new one has the version 0, which no flag has: it does not change one that is there.
      const saved = await client.flags.toggle(
        { name: name ?? draft.name.trim(), ...changesOf(whole, draft) },
        { version },
      )
      form.forget()
      onStored(saved)
      closeIfShown()
    }, element)
  }

  return (
    <Modal title={name ?? 'A new flag'} className="flag-dialog" onClose={leaving.close} onBack={onClose}>
      <ModalForm id={formId} onSubmit={submit}>
        <ErrorNotice>{errors.whole ?? (isGone ? 'This flag was removed meanwhile.' : null)}</ErrorNotice>
        <Clashes isShown={form.clashes.length > 0} />
        <Restored isShown={form.isRestored && !isGone} onStartOver={form.startOver} />
        {isNew && (
          <Field label="Name" error={errors.fields.name} hint="As programs ask for it, such as new-editor">
            {props => (
              <input
                {...props}
                data-first
                type="text"
                maxLength={limits.flagName}
                autoComplete="off"
                spellCheck={false}
                value={draft.name}
                onChange={event => set({ name: event.target.value })}
              />
            )}
          </Field>
        )}
        <FlagFields form={form} />
        <Rules form={form} />
      </ModalForm>
      {leaving.isAsked && <Leaving {...leaving} />}
      <FormFoot
        form={formId}
        action={isNew ? 'Create' : 'Save'}
        busy={form.busy}
        onClose={leaving.close}
        isReadOnly={isGone}
        hidden={leaving.isAsked}
      />
    </Modal>
  )
}

type Form = ReturnType<typeof useEditedForm<FlagDraft, FlagField, Flag>>

function FlagFields({ form: { draft, base, clashes, set, errors } }: { form: Form }) {
  const theirs = (field: FlagField, words = String(base[field])) => (
    <Theirs value={clashes.includes(field) ? words : null} onTake={() => set({ [field]: base[field] })} />
  )
  return (
    <>
      <Field label="Description" error={errors.fields.description} hint={theirs('description')}>
        {props => (
          <textarea
            {...props}
            rows={2}
            maxLength={limits.flagDescription}
            value={draft.description}
            onChange={event => set({ description: event.target.value })}
          />
        )}
      </Field>
      <label className="check">
        <input type="checkbox" checked={draft.enabled} onChange={event => set({ enabled: event.target.checked })} />
        Switched on
      </label>
      {theirs('enabled', base.enabled ? 'switched on' : 'switched off')}
      <Field
        label="Rollout in percent"
        error={errors.fields.rollout_percent}
        hint={
          clashes.includes('rollout_percent')
            ? theirs('rollout_percent')
            : 'Of those whom no rule names; the same people each time'
        }
      >
        {props => (
          <input
            {...props}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            value={draft.rollout_percent}
            onChange={event => set({ rollout_percent: event.target.value })}
          />
        )}
      </Field>
      {theirs('rules', rulesIn(base.rules).map(ruleInWords).join('; '))}
    </>
  )
}

/** In order: the first that fits somebody decides. */
function Rules({ form: { draft, set, errors } }: { form: Form }) {
  const rules = rulesIn(draft.rules)
  const put = (next: readonly FlagRule[]) => set({ rules: JSON.stringify(next) })
  const errorOf = (nth: number) =>
    ruleErrors(nth)
      .map(name => errors.fields[name])
      .find(Boolean)
  return (
    <section className="flag-rules" aria-label="Rules">
      <p className="hint">
        The first rule that fits somebody decides. A rule fits whoever is among its people, has one of its roles and is
        a member of one of its projects; what it does not name does not matter.
      </p>
      {rules.map((rule, at) => (
        <RuleFields
          key={at}
          rule={rule}
          nth={at + 1}
          error={errorOf(at)}
          onChange={changed => put(rules.with(at, changed))}
          onRemove={() => put(rules.toSpliced(at, 1))}
          onUp={at === 0 ? undefined : () => put(rules.with(at, rules[at - 1]!).with(at - 1, rule))}
        />
      ))}
      {rules.length < limits.flagRules && (
        <button type="button" className="button" onClick={() => put([...rules, { value: true }])}>
          Add a rule
        </button>
      )}
    </section>
  )
}
