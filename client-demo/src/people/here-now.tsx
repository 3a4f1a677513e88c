import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Avatar } from './avatar.tsx'
import { usePerson } from './directory.ts'

const nobody: ReadonlyMap<number, Readonly<Record<string, unknown>>> = new Map()

export function HereNow() {
  const { live, me } = usePage()
  const members = useStore(live.presence, rooms => rooms.tasks ?? nobody)
  const isKnown = useStore(live.status, status => status === 'live')
  const ids = [...members.keys()].toSorted((a, b) => Number(b === me.id) - Number(a === me.id) || a - b)
  return (
    <ul className={`here-now${isKnown ? '' : ' is-stale'}`} aria-label="Here now">
      {ids.map(id => (
        <Present key={id} id={id} editing={members.get(id)?.editing} />
      ))}
    </ul>
  )
}

function Present({ id, editing }: { id: number; editing: unknown }) {
  const { directory, me, board } = usePage()
  const person = usePerson(directory, id)
  const title = useStore(board.store, state =>
    typeof editing === 'number' ? state.store.tasks.get(editing)?.title : undefined,
  )
  const name = `${person?.name ?? 'Somebody'}${id === me.id ? ' (you)' : ''}`
  const doing = typeof editing === 'number' ? `editing ${title ? `“${title}”` : 'a task'}` : ''
  return (
    <li className={doing ? 'busy' : undefined} title={doing ? `${name}, ${doing}` : name}>
      <Avatar id={id} />
      <span className="visually-hidden">
        {name}
        {doing && `, ${doing}`}
      </span>
    </li>
  )
}
