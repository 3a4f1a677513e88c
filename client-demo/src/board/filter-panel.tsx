import { useMemo, useState, type ReactNode } from 'react'
import { toggled } from '../filters/toggled.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonPicker } from '../people/person-picker.tsx'
import { byName } from '../projects/project-list.ts'
import { useStore } from '../lib/store.ts'
import { later } from '../ui/later.tsx'
import { PriorityMark } from '../ui/marks.tsx'
import { prioritiesByWeight, priorityNames } from '../lib/vocabulary.ts'
import { dueNames } from './filter-chips.tsx'
import { boardFilters, countFilters, dueChoices } from '../tasks/filters.ts'
import { useBoardFilters } from './use-filters.ts'

const mostChips = 10
const ExportTasks = later(async () => (await import('./export-tasks.tsx')).ExportTasks)

export function FilterPanel() {
  const { board, projects: list, me } = usePage()
  const [filters, change] = useBoardFilters()
  const { categories, projects, priorities, assignees, due } = filters
  const known = useStore(list.store, all => all)
  const [exporting, setExporting] = useState(false)
  const tasks = useStore(board.store, state => state.store.items)

  const frequent = useMemo(() => {
    const uses = new Map<string, number>()
    for (const { category } of tasks.values()) if (category !== null) uses.set(category, (uses.get(category) ?? 0) + 1)
    return [...uses].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([category]) => category)
  }, [tasks])

  return (
    <div id="filter-panel" className="filter-panel">
      <Group name="Urgency">
        {prioritiesByWeight.map(value => (
          <Choice
            key={value}
            on={priorities.includes(value)}
            toggle={() => change({ priorities: toggled(priorities, value) })}
          >
            <PriorityMark priority={value} />
            <span>{priorityNames[value]}</span>
          </Choice>
        ))}
      </Group>
      <Group name="Due">
        {dueChoices.map(value => (
          <Choice key={value} on={due === value} toggle={() => change({ due: due === value ? null : value })}>
            <span>{dueNames[value]}</span>
          </Choice>
        ))}
      </Group>
      <Group name="Assigned to">
        <Choice on={assignees.includes(me.id)} toggle={() => change({ assignees: toggled(assignees, me.id) })}>
          <span>Mine</span>
        </Choice>
        <PersonPicker
          label="Filter by person"
          placeholder="Somebody else…"
          onPick={person => change({ assignees: [...new Set([...assignees, person.id])] })}
        />
      </Group>
      <Group name="In projects">
        {[...known.values()]
          .toSorted(byName)
          .slice(0, mostChips)
          .map(({ id, name }) => (
            <Choice key={id} on={projects.includes(id)} toggle={() => change({ projects: toggled(projects, id) })}>
              <bdi>{name}</bdi>
            </Choice>
          ))}
        {known.size > mostChips && (
          <select
            aria-label="Filter by another"
            value=""
            onChange={event => change({ projects: [...new Set([...projects, Number(event.target.value)])] })}
          >
            <option value="">More…</option>
            {[...known.values()].toSorted(byName).map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        {known.size === 0 && <span className="hint">There are none yet</span>}
      </Group>
      <Group name="Categories">
        {frequent.slice(0, mostChips).map(value => (
          <Choice
            key={value}
            on={categories.includes(value)}
            toggle={() => change({ categories: toggled(categories, value) })}
          >
            <span>{value}</span>
          </Choice>
        ))}
        <OtherCategory known={frequent} add={value => change({ categories: [...new Set([...categories, value])] })} />
      </Group>
      <div className="filter-foot">
        {countFilters(filters) > 0 && (
          <button
            type="button"
            className="link-button"
            onClick={() => change({ ...boardFilters.none, search: filters.search })}
          >
            Clear all
          </button>
        )}
        <button type="button" className="link-button" onClick={() => setExporting(true)}>
          Export these tasks
        </button>
      </div>
      {exporting && <ExportTasks onClose={() => setExporting(false)} />}
    </div>
  )
}

const Group = ({ name, children }: { name: string; children: ReactNode }) => (
  <fieldset className="filter-group">
    <legend>{name}</legend>
    <div className="chips">{children}</div>
  </fieldset>
)

const Choice = ({ on, toggle, children }: { on: boolean; toggle: () => void; children: ReactNode }) => (
  <button type="button" className={`chip${on ? ' chip-on' : ''}`} aria-pressed={on} onClick={toggle}>
    {children}
  </button>
)

/** Not every category is on the cards that are loaded. */
function OtherCategory({ known, add }: { known: readonly string[]; add: (category: string) => void }) {
  const [text, setText] = useState('')
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (text.trim() !== '') add(text.trim())
        setText('')
      }}
    >
      <input
        type="text"
        dir="auto"
        className="chip-input"
        aria-label="Filter by kind"
        placeholder="Another…"
        list="known-categories"
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <datalist id="known-categories">
        {known.slice(mostChips).map(value => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </form>
  )
}
