import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'
import type { Person } from '../../../sdk/index.ts'
import { placeBelow } from '../ui/place-below.ts'
import { Avatar } from './avatar.tsx'

interface PersonOptionsProps {
  id: string
  people: readonly Person[]
  active: number
  /** The field that it belongs to. */
  field: RefObject<HTMLElement | null>
  onPick: (person: Person) => void
}

/** People to choose from, below a field that keeps the focus. */
export function PersonOptions({ id, people, active, field, onPick }: PersonOptionsProps) {
  const list = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => {
    if (list.current && field.current) return placeBelow(list.current, field.current)
  })
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <ul ref={list} id={id} popover="manual" className="person-options" role="listbox" aria-label="People">
      {people.map((person, at) => (
        <li
          key={person.id}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === active}
          onPointerDown={event => event.preventDefault()}
          onClick={() => onPick(person)}
        >
          <Avatar id={person.id} size="s" />
          <bdi>{person.name}</bdi>
          <small>@{person.username}</small>
        </li>
      ))}
    </ul>
  )
}
