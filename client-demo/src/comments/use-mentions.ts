import { useId, useState, type KeyboardEvent, type RefObject } from 'react'
import type { Person } from '../../../sdk/index.ts'
import { useFoundPeople } from '../people/use-found-people.ts'
import { mentionAt, type FindPeople } from './mentionable.ts'

interface MentionsOptions {
  area: RefObject<HTMLTextAreaElement | null>
  find: FindPeople
  onInsert: (text: string, caret: number) => void
}

/** Completes names after `@` in a text area. Arrow keys choose, Enter and Tab take, Escape closes. */
export function useMentions({ area, find, onInsert }: MentionsOptions) {
  const [typed, setTyped] = useState<{ start: number; search: string } | null>(null)
  /** Where Escape was pressed: not asked again until another `@`. */
  const [dismissed, setDismissed] = useState<number | null>(null)
  const list = useId()
  const start = typed?.start ?? null
  const { found, active, move, forget } = useFoundPeople(typed?.search ?? null, find)
  const open = start !== null && start !== dismissed && found.length > 0
  const person = open ? found[active] : undefined

  /** What was typed may begin a name; where the caret merely comes to stand, nobody asked. */
  function look(isTyped = true) {
    if (!isTyped && typed === null) return
    const { value, selectionStart, selectionEnd } = area.current ?? { value: '', selectionStart: 0, selectionEnd: 0 }
    const next = selectionStart === selectionEnd ? mentionAt(value, selectionStart) : null
    if (next?.start === typed?.start && next?.search === typed?.search) return
    setTyped(next)
    if (next !== null) return
    setDismissed(null)
    forget()
  }

  function pick({ username }: Person) {
    const element = area.current
    if (!element || start === null) return
    const before = `${element.value.slice(0, start)}@${username} `
    onInsert(before + element.value.slice(element.selectionEnd).replace(/^ /, ''), before.length)
    setTyped(null)
    forget()
  }

  /** @returns whether the key was meant for the list */
  function onKeyDown(event: KeyboardEvent): boolean {
    if (!open || event.ctrlKey || event.metaKey) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) move(step)
    else if (person && (event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) pick(person)
    else if (event.key === 'Escape') setDismissed(start)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return {
    open,
    found,
    active,
    list,
    look,
    pick,
    onKeyDown,
    close: () => setDismissed(start),
    /** For the text area, so that what is chosen is read out. */
    aria: {
      'aria-autocomplete': 'list' as const,
      'aria-haspopup': 'listbox' as const,
      'aria-controls': open ? list : undefined,
      'aria-activedescendant': open ? `${list}-${active}` : undefined,
    },
  }
}
export type Mentions = ReturnType<typeof useMentions>
