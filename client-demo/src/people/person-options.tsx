import type { Person } from '../../../sdk/index.ts'
import { Avatar } from './avatar.tsx'

interface PersonOptionsProps {
  id: string
  people: readonly Person[]
  active: number
  onPick: (person: Person) => void
}

/** People to choose from, below a field that keeps the focus. */
export function PersonOptions({ id, people, active, onPick }: PersonOptionsProps) {
  return (
    <ul id={id} className="person-options" role="listbox" aria-label="People">
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
          <span>{person.name}</span>
          <small>@{person.username}</small>
        </li>
      ))}
    </ul>
  )
}
