import { toggled } from '../filters/toggled.ts'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from '../people/directory.ts'
import { PersonPicker } from '../people/person-picker.tsx'
import { ProjectFilter } from '../projects/project-filter.tsx'
import { Icon } from '../ui/icon.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import type { MediaFilters } from './filters.ts'
import { fileKinds, kindNames } from './kinds.ts'

interface MediaFiltersBarProps {
  filters: MediaFilters
  onChange: (part: Partial<MediaFilters>) => void
}

export function MediaFiltersBar({ filters, onChange }: MediaFiltersBarProps) {
  const person = usePerson(usePage().directory, filters.person)
  return (
    <div className="library-filters" role="group" aria-label="Narrow the list">
      <SearchBox search={filters.search} placeholder="Search files" onSearch={search => onChange({ search })} />
      <div className="chips">
        {kindNames.map(kind => (
          <button
            key={kind}
            type="button"
            className={`chip${filters.kinds.includes(kind) ? ' chip-on' : ''}`}
            aria-pressed={filters.kinds.includes(kind)}
            onClick={() => onChange({ kinds: kindNames.filter(one => toggled(filters.kinds, kind).includes(one)) })}
          >
            <Icon name={fileKinds[kind].icon} />
            {fileKinds[kind].name}
          </button>
        ))}
      </div>
      <ProjectFilter value={filters.project} onChange={project => onChange({ project })} />
      <PersonPicker
        label="Uploaded by"
        placeholder="By anybody"
        picked={filters.person === null ? '' : (person?.name ?? '…')}
        onPick={({ id }) => onChange({ person: id })}
        onClear={() => onChange({ person: null })}
      />
    </div>
  )
}
