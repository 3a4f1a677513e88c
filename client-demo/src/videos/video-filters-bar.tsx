import { useState } from 'react'
import { limits, type Video } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { byName } from '../projects/project-list.ts'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { providerNames, providers } from './providers.ts'
import type { VideoFilters } from './video-list.ts'

interface VideoFiltersBarProps {
  filters: VideoFilters
  /** Whose tags are offered. */
  known: readonly Video[]
  onChange: (part: Partial<VideoFilters>) => void
}

export function VideoFiltersBar({ filters, known, onChange }: VideoFiltersBarProps) {
  const { projects } = usePage()
  const all = useStore(projects.store, now => now)
  return (
    <div className="library-filters" role="group" aria-label="Narrow the list">
      <SearchBox search={filters.search} placeholder="Search videos" onSearch={search => onChange({ search })} />
      <select
        aria-label="From"
        value={filters.provider ?? ''}
        onChange={event => onChange({ provider: providers.find(one => one === event.target.value) ?? null })}
      >
        <option value="">From anywhere</option>
        {providers.map(provider => (
          <option key={provider} value={provider}>
            {providerNames[provider]}
          </option>
        ))}
      </select>
      <select
        aria-label="In project"
        value={filters.project ?? ''}
        onChange={event => onChange({ project: Number(event.target.value) || null })}
      >
        <option value="">Every project</option>
        {[...all.values()].toSorted(byName).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {filters.tag === '' ? (
        <TagField known={known} onTag={tag => onChange({ tag })} />
      ) : (
        <button type="button" className="chip chip-on" onClick={() => onChange({ tag: '' })}>
          <span>{filters.tag}</span>
          <Icon name="close" />
          <span className="visually-hidden">: no longer only with this tag</span>
        </button>
      )}
    </div>
  )
}

/** Not every tag is on the cards that are loaded, so it can be typed. */
function TagField({ known, onTag }: { known: readonly Video[]; onTag: (tag: string) => void }) {
  const [text, setText] = useState('')
  const tags = [...new Set(known.flatMap(video => video.tags))].toSorted()
  return (
    <form
      className="tag-field"
      onSubmit={event => {
        event.preventDefault()
        if (text.trim() !== '') onTag(text.trim())
      }}
    >
      <input
        type="text"
        aria-label="Tag"
        placeholder="With tag…"
        list="video-tags"
        autoComplete="off"
        maxLength={limits.tag}
        value={text}
        onChange={event => {
          setText(event.target.value)
          // Chosen from the list, not typed letter by letter.
          if (!(event.nativeEvent instanceof InputEvent) && tags.includes(event.target.value)) onTag(event.target.value)
        }}
      />
      <datalist id="video-tags">
        {tags.map(tag => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </form>
  )
}
