import { useState } from 'react'
import { limits, type Video } from '../../../sdk/index.ts'
import { ProjectFilter } from '../projects/project-filter.tsx'
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
      <ProjectFilter value={filters.project} onChange={project => onChange({ project })} />
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
        dir="auto"
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
