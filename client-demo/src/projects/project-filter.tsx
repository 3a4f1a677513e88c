import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { byName } from './project-list.ts'

interface ProjectFilterProps {
  value: number | null
  onChange: (project: number | null) => void
}

/** Narrows a list to one project, or to none. */
export function ProjectFilter({ value, onChange }: ProjectFilterProps) {
  const known = useStore(usePage().projects.store, all => all)
  return (
    <select
      aria-label="In project"
      value={value ?? ''}
      onChange={event => onChange(Number(event.target.value) || null)}
    >
      <option value="">Every project</option>
      {[...known.values()].toSorted(byName).map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}
