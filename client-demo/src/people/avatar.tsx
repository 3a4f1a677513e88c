import { initialsOf } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from './directory.ts'

/** Eight calm hues, always the same one for a person. */
const hues = 8

export function Avatar({ id, size = 'm', hint }: { id: number; size?: 's' | 'm'; hint?: string }) {
  const person = usePerson(usePage().directory, id)
  return (
    <span className={`avatar avatar-${size} hue-${id % hues}`} title={hint ?? person?.name} aria-hidden="true">
      {person ? initialsOf(person.name) : '··'}
    </span>
  )
}

export function PersonName({ id }: { id: number }) {
  const { directory, me } = usePage()
  const person = usePerson(directory, id)
  return <>{id === me.id ? 'you' : (person?.name ?? 'somebody')}</>
}
