import { useId, useRef, useState } from 'react'
import { fold, type Person } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonOptions } from './person-options.tsx'
import { useFoundPeople } from './use-found-people.ts'

interface PersonPickerProps {
  /** Its own name, where no label stands beside it. */
  label?: string
  id?: string
  dir?: 'auto'
  placeholder?: string
  /** Shown while nobody types; undefined = the field empties itself after each pick. */
  picked?: string
  'aria-invalid'?: true
  'aria-describedby'?: string
  onPick: (person: Person) => void
  /** Emptied by hand. */
  onClear?: () => void
}

/** A text field that finds people as one types. Arrow keys choose, Enter takes, Escape closes. */
export function PersonPicker({ label, placeholder, picked, onPick, onClear, ...rest }: PersonPickerProps) {
  const { directory } = usePage()
  const [text, setText] = useState<string | null>(null)
  const { found, active, move, forget } = useFoundPeople(text?.trim() ?? null, directory.find)
  const list = useId()
  const input = useRef<HTMLInputElement>(null)
  const open = text !== null && found.length > 0

  function close() {
    setText(null)
    forget()
  }

  function pick(person: Person) {
    close()
    onPick(person)
  }

  /** Left with a name typed in full: meant, though not chosen from the list. */
  function leave() {
    const typed = text === null ? null : fold(text.trim())
    const exact = found.filter(({ name, username }) => [name, username].some(one => fold(one) === typed))
    if (typed === '' && picked) onClear?.()
    if (exact.length === 1 && exact[0]) pick(exact[0])
    else close()
  }

  function onKeyDown(event: React.KeyboardEvent) {
    const person = found[active]
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter' && text?.trim()) {
      // While nobody is found yet, it does not send the form either.
      if (open && person) pick(person)
    } else if (event.key === 'Escape' && open) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <span className="person-picker">
      <input
        dir="auto"
        {...rest}
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open ? `${list}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={text ?? picked ?? ''}
        onChange={event => setText(event.target.value)}
        onFocus={() => setText(picked ?? '')}
        onBlur={leave}
        onKeyDown={onKeyDown}
      />
      {open && <PersonOptions id={list} people={found} active={active} field={input} onPick={pick} />}
    </span>
  )
}
