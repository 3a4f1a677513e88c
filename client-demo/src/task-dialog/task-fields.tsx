import { useMemo } from 'react'
import { limits } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from '../people/directory.ts'
import { PersonPicker } from '../people/person-picker.tsx'
import { ProjectSelect } from '../projects/project-select.tsx'
import { useStore } from '../lib/store.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { DayInput } from '../ui/day-input.tsx'
import { Field } from '../ui/field.tsx'
import { priorityNames, statusNames } from '../lib/vocabulary.ts'
import { DescriptionField } from './description-field.tsx'
import { Theirs } from './theirs.tsx'
import { TitleInput } from './title-input.tsx'
import type { TaskForm } from './use-task-form.ts'

export function TaskFields({ form }: { form: TaskForm }) {
  const { draft, set, errors } = form
  // Text that may not be changed can still be read to its end, and copied.
  const locked = form.isGone || form.isReadOnly
  return (
    <div className="task-fields">
      <Field label="Title" className="wide" error={errors.fields.title} hint={<Theirs form={form} field="title" />}>
        {props => (
          <TitleInput
            {...props}
            {...(form.task === undefined && { 'data-first': true })}
            readOnly={locked}
            value={draft.title}
            onChange={title => set({ title })}
          />
        )}
      </Field>
      <DescriptionField form={form} isLocked={locked} />
      <fieldset className="task-choices" disabled={locked}>
        <ChoiceField
          label="Status"
          error={errors.fields.status}
          hint={<Theirs form={form} field="status" />}
          names={statusNames}
          value={draft.status}
          onChange={status => set({ status })}
        />
        <ChoiceField
          label="Priority"
          error={errors.fields.priority}
          hint={<Theirs form={form} field="priority" />}
          names={priorityNames}
          value={draft.priority}
          onChange={priority => set({ priority })}
        />
        <CategoryField form={form} />
        <ProjectSelect
          value={draft.project_id}
          current={form.theirs.project_id}
          error={errors.fields.project}
          hint={<Theirs form={form} field="project_id" />}
          onChange={project_id => set({ project_id })}
        />
        <Field label="Due date" error={errors.fields.due_date} hint={<Theirs form={form} field="due" />}>
          {props => <DayInput {...props} value={draft.due} onChange={event => set({ due: event.target.value })} />}
        </Field>
        <AssigneeField form={form} />
      </fieldset>
    </div>
  )
}

function CategoryField({ form }: { form: TaskForm }) {
  const { draft, set, errors } = form
  const tasks = useStore(usePage().board.store, state => state.store.items)
  const known = useMemo(
    () => [...new Set([...tasks.values()].flatMap(({ category }) => category ?? []))].toSorted(),
    [tasks],
  )
  return (
    <Field label="Category" error={errors.fields.category} hint={<Theirs form={form} field="category" />}>
      {props => (
        <>
          <input
            {...props}
            list="task-categories"
            autoComplete="off"
            maxLength={limits.category}
            value={draft.category}
            onChange={event => set({ category: event.target.value })}
          />
          <datalist id="task-categories">
            {known.map(category => (
              <option key={category} value={category} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

function AssigneeField({ form }: { form: TaskForm }) {
  const { draft, set, errors } = form
  const person = usePerson(usePage().directory, draft.assignee_id)
  const picked = draft.assignee_id === null ? '' : (person?.name ?? '…')
  return (
    <Field label="Assignee" error={errors.fields.assignee_id} hint={<Theirs form={form} field="assignee_id" />}>
      {props => (
        <PersonPicker
          {...props}
          placeholder="Nobody"
          picked={picked}
          onPick={found => set({ assignee_id: found.id })}
          onClear={() => set({ assignee_id: null })}
        />
      )}
    </Field>
  )
}
