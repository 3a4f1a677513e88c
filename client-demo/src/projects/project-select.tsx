import type { ReactNode } from 'react'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Field } from '../ui/field.tsx'
import { byName, mayEdit } from './project-list.ts'

interface ProjectSelectProps {
  value: number | null
  error?: string | undefined
  hint?: ReactNode
  /** Where it is now: that stays on offer, though one may not put anything else in there. */
  current?: number | null
  onChange: (project: number | null) => void
}

/** Where something goes: to one of the projects that one may add to, or to none. */
export function ProjectSelect({ value, error, hint, current = null, onChange }: ProjectSelectProps) {
  const { projects, me } = usePage()
  const known = useStore(projects.store, all => all)
  const offered = [...known.values()].filter(project => mayEdit(project, me.role === 'admin') || project.id === current)
  return (
    <Field label="Project" error={error} hint={hint}>
      {props => (
        <select {...props} value={value ?? ''} onChange={event => onChange(Number(event.target.value) || null)}>
          <option value="">None, everybody sees it</option>
          {offered.toSorted(byName).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
