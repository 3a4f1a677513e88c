import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { limits } from '../../../sdk/index.ts'
import { Icon } from '../ui/icon.tsx'
import { useFilters } from './use-filters.ts'

const settleMs = 250

/** Searches once the typing pauses; `/` leads here from anywhere on the board. */
export function SearchBox() {
  const [filters, change] = useFilters()
  const [text, setText] = useState(filters.search)
  const [searched, setSearched] = useState(filters.search)
  const input = useRef<HTMLInputElement>(null)

  // Cleared from elsewhere.
  if (filters.search !== searched) {
    setSearched(filters.search)
    if (filters.search === '') setText('')
  }

  const search = useEffectEvent((wanted: string) => wanted !== filters.search && change({ search: wanted }))
  useEffect(() => {
    const timer = setTimeout(() => search(text.trim()), settleMs)
    return () => clearTimeout(timer)
  }, [text])

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const typing = (event.target as HTMLElement).closest('input, textarea, select, dialog')
      if (event.key !== '/' || typing) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className="search-box">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label="Search"
        placeholder="Search tasks"
        maxLength={limits.search}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => event.key === 'Escape' && setText('')}
      />
      {text !== '' && (
        <button type="button" className="icon-button" aria-label="Empty the field" onClick={() => setText('')}>
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}
