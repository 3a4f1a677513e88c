import { useState } from 'react'
import { limits, type Visibility } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { rememberPlace } from '../lib/router.ts'
import { usePage } from '../lib/use-page.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'

export function NewProject({ onCreated }: { onCreated: (id: number) => void }) {
  const { client, projects } = usePage()
  const { text: name, isRestored, write: setName, forget } = useKept('project:new')
  const [visibility, setVisibility] = useState<Visibility>('private')
  const { errors, busy, submit } = useSubmit(async () => {
    const isStillHere = rememberPlace()
    const project = await client.projects.create({ name: name.trim(), visibility })
    projects.take([project])
    forget()
    if (isStillHere()) onCreated(project.id)
  }, ['name', 'visibility'])

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <h3>A new project</h3>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <Restored isShown={isRestored} onStartOver={forget} />
      <Field label="Name" error={errors.fields.name}>
        {props => (
          <input
            {...props}
            autoFocus
            maxLength={limits.projectName}
            value={name}
            onChange={event => setName(event.target.value)}
          />
        )}
      </Field>
      <VisibilityChoice value={visibility} onChange={setVisibility} />
      <button type="submit" className="button button-primary" aria-disabled={busy}>
        Create
      </button>
    </form>
  )
}

interface VisibilityChoiceProps {
  value: Visibility
  disabled?: boolean
  onChange: (value: Visibility) => void
}

export const VisibilityChoice = (props: VisibilityChoiceProps) => (
  <ChoiceField label="Who sees it" names={{ private: 'Its members', internal: 'Everybody who signs in' }} {...props} />
)
