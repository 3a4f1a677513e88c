import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Field } from '../ui/field.tsx'
import { byName, mayEdit } from './project-list.ts'

interface ProjectSelectProps {
  value: number | null
  error?: string | undefined
  onChange: (project: number | null) => void
}

/** Where something new goes: to one of the projects that one may add to, or to none. */
export function ProjectSelect({ value, error, onChange }: ProjectSelectProps) {
  const { projects, me } = usePage()
  const known = useStore(projects.store, all => all)
  const open = [...known.values()].filter(project => mayEdit(project, me.role === 'admin')).toSorted(byName)
  return (
    <Field label="Project" error={error}>
      {props => (
        <select {...props} value={value ?? ''} onChange={event => onChange(Number(event.target.value) || null)}>
          <option value="">None, everybody sees it</option>
          {open.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
