import { useState } from 'react'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { FilterChips } from './filter-chips.tsx'
import { FilterPanel } from './filter-panel.tsx'
import { countFilters } from '../tasks/filters.ts'
import { showCancelled, useBoardFilters } from './use-filters.ts'

interface ToolbarProps {
  onNew: () => void
  onProjects: () => void
  onImport: () => void
}

export function Toolbar({ onNew, onProjects, onImport }: ToolbarProps) {
  const { board } = usePage()
  const [filters, change] = useBoardFilters()
  const [panel, setPanel] = useState(false)
  const used = useStore(board.store, state => countFilters(state.filters))
  const isShown = useStore(board.store, state => state.showCancelled)

  return (
    <div className="toolbar">
      <div className="toolbar-row">
        <SearchBox search={filters.search} placeholder="Search tasks" onSearch={search => change({ search })} />
        <button
          type="button"
          className="button button-quiet"
          aria-expanded={panel}
          aria-controls="filter-panel"
          onClick={() => setPanel(!panel)}
        >
          <Icon name="filter" />
          <span>Filter</span>
          {used > 0 && <span className="badge">{used}</span>}
        </button>
        <button
          type="button"
          className="button button-quiet toggle"
          aria-pressed={isShown}
          onClick={() => showCancelled(!isShown)}
        >
          Cancelled
        </button>
        <button type="button" className="button button-quiet" onClick={onProjects}>
          <Icon name="folder" />
          <span>Projects</span>
        </button>
        <button type="button" className="button button-quiet" onClick={onImport}>
          <Icon name="upload" />
          <span>Import</span>
        </button>
        <button type="button" className="button button-primary new-task" onClick={onNew}>
          <Icon name="plus" />
          New task
        </button>
      </div>
      {panel ? <FilterPanel /> : <FilterChips />}
    </div>
  )
}
