import { useState } from 'react'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { FilterChips } from './filter-chips.tsx'
import { FilterPanel } from './filter-panel.tsx'
import { countFilters } from './filters.ts'
import { SearchBox } from './search-box.tsx'

interface ToolbarProps {
  onNew: () => void
  onProjects: () => void
}

export function Toolbar({ onNew, onProjects }: ToolbarProps) {
  const { board } = usePage()
  const [panel, setPanel] = useState(false)
  const used = useStore(board.store, state => countFilters(state.filters))
  const showCancelled = useStore(board.store, state => state.showCancelled)

  return (
    <div className="toolbar">
      <div className="toolbar-row">
        <SearchBox />
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
          aria-pressed={showCancelled}
          onClick={() => board.showCancelled(!showCancelled)}
        >
          Cancelled
        </button>
        <button type="button" className="button button-quiet" onClick={onProjects}>
          <Icon name="folder" />
          <span>Projects</span>
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
