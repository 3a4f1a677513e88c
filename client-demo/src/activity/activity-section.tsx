import { useEffect, useState } from 'react'
import { formatAgo, formatMoment } from '../format.ts'
import { usePage } from '../page.tsx'
import { Avatar } from '../people/avatar.tsx'
import { useStore } from '../store.ts'
import { createFeed } from './feed.ts'
import { deedOf, type Names } from './words.ts'

/** What happened to a task, in words: who, what, when. */
export function ActivitySection({ taskId }: { taskId: number }) {
  const { client, live } = usePage()
  const [feed] = useState(() => createFeed({ client, live, taskId }))
  const { entries, next, loading, error } = useStore(feed.store, state => state)
  const names = useNames()
  useEffect(() => feed.start(), [feed])

  return (
    <div className="activity">
      {next === undefined && error === null && (
        <div className="rows-loading" aria-hidden="true">
          <i />
          <i />
        </div>
      )}
      {next === null && entries.length === 0 && (
        <p className="talk-note">Nothing that you may see happened here yet.</p>
      )}
      <ul aria-label="Activity" aria-busy={loading}>
        {entries.map(entry => (
          <li key={entry.id}>
            {entry.actor_id === null ? (
              <span className="avatar avatar-s" aria-hidden="true" />
            ) : (
              <Avatar id={entry.actor_id} size="s" />
            )}
            <p>
              <b>{entry.actor_id === null ? 'Taskwire' : names.actor(entry.actor_id)}</b> {deedOf(entry, names)}{' '}
              <time dateTime={entry.at} title={formatMoment(entry.at)}>
                {formatAgo(entry.at)}
              </time>
            </p>
          </li>
        ))}
      </ul>
      {error !== null && (
        <div className="talk-note" role="alert">
          <p>{error}</p>
          <button type="button" className="button" onClick={() => void feed.loadMore()}>
            Try again
          </button>
        </div>
      )}
      {error === null && typeof next === 'string' && (
        <div className="talk-note">
          <button type="button" className="button" onClick={() => void feed.loadMore()}>
            {loading ? 'Loading…' : 'Show earlier ones'}
          </button>
        </div>
      )}
    </div>
  )
}

function useNames(): Names & { actor: (id: number) => string } {
  const { directory, projects, me } = usePage()
  const people = useStore(directory.store, all => all)
  const known = useStore(projects.store, all => all)
  function person(id: number, self: string) {
    if (id === me.id) return self
    directory.want(id)
    return people.get(id)?.name ?? 'somebody'
  }
  return {
    actor: id => person(id, 'You'),
    person: id => person(id, 'you'),
    project: id => {
      const name = known.get(id)?.name
      return name === undefined ? 'a project that you do not see' : `“${name}”`
    },
  }
}
