import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'

/** A name with `@`: marked when it means somebody, and more so when it is oneself. */
export function Mention({ username, among }: { username: string; among: readonly number[] }) {
  const { directory, me } = usePage()
  const person = useStore(directory.store, people =>
    among.map(id => people.get(id)).find(one => one?.username.toLowerCase() === username.toLowerCase()),
  )
  for (const id of among) if (!person) directory.want(id)
  if (!person) return `@${username}`
  return (
    <span className={`mention${person.id === me.id ? ' is-me' : ''}`} title={person.name}>
      @{username}
    </span>
  )
}
