import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { limits } from '../../../sdk/index.ts'
import { useComposing } from '../lib/composition.ts'
import { Icon } from './icon.tsx'

const settleMs = 250

interface SearchBoxProps {
  /** What is searched for. */
  search: string
  placeholder: string
  onSearch: (search: string) => void
}

/** Searches once the typing pauses; `/` leads here from anywhere on the page. */
export function SearchBox({ search: given, placeholder, onSearch }: SearchBoxProps) {
  const [text, setText] = useState(given)
  const [searched, setSearched] = useState(given)
  const input = useRef<HTMLInputElement>(null)
  const isComposing = useComposing()

  // Changed from elsewhere: by the address, or by a button that clears all.
  if (given !== searched) {
    setSearched(given)
    if (given !== text.trim()) setText(given)
  }

  const search = useEffectEvent((wanted: string) => wanted !== given && onSearch(wanted))
  useEffect(() => {
    if (isComposing) return
    const timer = setTimeout(() => search(text.trim()), settleMs)
    return () => clearTimeout(timer)
  }, [text, isComposing])

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
        dir="auto"
        inputMode="search"
        enterKeyHint="search"
        aria-label="Search"
        placeholder={placeholder}
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
