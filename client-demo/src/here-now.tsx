import type { RoomPresence } from '../../sdk/index.ts'
import { formatCount } from './lib/format.ts'
import { usePage } from './lib/use-page.ts'
import { useStore } from './lib/store.ts'
import { Avatar } from './people/avatar.tsx'
import { usePerson } from './people/directory.ts'
import { Icon } from './ui/icon.tsx'

const nobody: RoomPresence = { count: 0, members: new Map(), isComplete: true }

/** As many faces as there is room for; the others are counted, and stay in the list for those who have it read out. */
const shownWide = 8
const shownNarrow = 4
const more = (all: number, shown: number) => (all > shown ? `+${all - shown}` : undefined)

export function HereNow() {
  const { live, me } = usePage()
  const { count, members, isComplete } = useStore(live.presence, rooms => rooms.tasks ?? nobody)
  const isKnown = useStore(live.status, status => status === 'live')
  const stale = isKnown ? '' : ' is-stale'
  if (!isComplete) return <HereCount count={count} stale={stale} />
  const ids = [...members.keys()].toSorted((a, b) => Number(b === me.id) - Number(a === me.id) || a - b)
  return (
    <ul
      className={`here-now${stale}`}
      aria-label="Here now"
      data-more={more(ids.length, shownWide)}
      data-more-narrow={more(ids.length, shownNarrow)}
    >
      {ids.map(id => (
        <Present key={id} id={id} editing={members.get(id)?.editing} />
      ))}
    </ul>
  )
}

/** In a large room, which reports only how many people there are. */
function HereCount({ count, stale }: { count: number; stale: string }) {
  return (
    <span className={`here-count${stale}`}>
      <Icon name="people" />
      {formatCount(count)} <span className="here-words">people here</span>
    </span>
  )
}

function Present({ id, editing }: { id: number; editing: unknown }) {
  const { directory, me, board } = usePage()
  const person = usePerson(directory, id)
  const title = useStore(board.store, state =>
    typeof editing === 'number' ? state.store.items.get(editing)?.title : undefined,
  )
  const name = `${person?.name ?? 'Somebody'}${id === me.id ? ' (you)' : ''}`
  const busy = typeof editing === 'number'
  // Which task it is stays out of the text: an item with a task's name is a card, and nothing else.
  return (
    <li className={busy ? 'busy' : undefined}>
      <Avatar id={id} hint={busy ? `${name}, editing ${title === undefined ? 'a task' : `“${title}”`}` : name} />
      <span className="visually-hidden">
        {name}
        {busy && ', editing a task'}
      </span>
    </li>
  )
}
