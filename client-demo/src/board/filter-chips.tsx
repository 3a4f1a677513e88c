import { toggled } from '../filters/toggled.ts'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from '../people/directory.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { priorityNames } from '../lib/vocabulary.ts'
import { boardFilters, countFilters, type DueChoice } from '../tasks/filters.ts'
import { useBoardFilters } from './use-filters.ts'

export const dueNames: Record<DueChoice, string> = { overdue: 'Overdue', today: 'Due today', week: 'Due in 7 days' }

/** What the board is narrowed to, each part with a way out of it. */
export function FilterChips() {
  const [filters, change] = useBoardFilters()
  if (countFilters(filters) === 0) return null
  const { categories, projects, priorities, assignees, due } = filters
  return (
    <div className="chips" role="group" aria-label="Filters in use">
      {priorities.map(value => (
        <Chip
          key={value}
          text={priorityNames[value]}
          remove={() => change({ priorities: toggled(priorities, value) })}
        />
      ))}
      {projects.map(id => (
        <ProjectChip key={id} id={id} remove={() => change({ projects: toggled(projects, id) })} />
      ))}
      {categories.map(value => (
        <Chip key={value} text={value} remove={() => change({ categories: toggled(categories, value) })} />
      ))}
      {assignees.map(id => (
        <PersonChip key={id} id={id} remove={() => change({ assignees: toggled(assignees, id) })} />
      ))}
      {due !== null && <Chip text={dueNames[due]} remove={() => change({ due: null })} />}
      <button
        type="button"
        className="link-button"
        onClick={() => change({ ...boardFilters.none, search: filters.search })}
      >
        Clear all
      </button>
    </div>
  )
}

function Chip({ text, remove }: { text: string; remove: () => void }) {
  return (
    <button type="button" className="chip chip-on" title="Remove this filter" onClick={remove}>
      <bdi>{text}</bdi>
      <Icon name="close" />
    </button>
  )
}

function ProjectChip({ id, remove }: { id: number; remove: () => void }) {
  const project = useStore(usePage().projects.store, all => all.get(id))
  return <Chip text={project?.name ?? `Project ${id}`} remove={remove} />
}

function PersonChip({ id, remove }: { id: number; remove: () => void }) {
  const { directory, me } = usePage()
  const person = usePerson(directory, id)
  return <Chip text={id === me.id ? 'Mine' : (person?.name ?? 'Somebody')} remove={remove} />
}
