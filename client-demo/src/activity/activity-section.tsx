import { useEffect, useState } from 'react'
import type { Activity } from '../../../sdk/index.ts'
import { linkTo } from '../lib/base-path.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { Avatar } from '../people/avatar.tsx'
import { useStore } from '../lib/store.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { RowsLoading } from '../ui/rows-loading.tsx'
import { createFeed } from './feed.ts'
import { deedOf, type Names } from './words.ts'

/**
 * What happened to a task, or to everything that one sees, in words: who, what, when.
 *
 * @param taskId null = everything; then each entry begins with a link to its thing
 */
export function ActivitySection({ taskId }: { taskId: number | null }) {
  const { client, live } = usePage()
  const [feed] = useState(() => createFeed({ client, live, taskId }))
  const { entries, ...paging } = useStore(feed.store, state => state)
  const names = useNames()
  useEffect(() => feed.start(), [feed])

  return (
    <div className="activity">
      <ul aria-label="Activity" aria-busy={paging.loading}>
        {entries.map(entry => (
          <li key={entry.id}>
            {entry.actor_id === null ? (
              <span className="avatar avatar-s" aria-hidden="true" />
            ) : (
              <Avatar id={entry.actor_id} size="s" />
            )}
            <p>
              {taskId === null && <Subject entry={entry} />}
              <b>{entry.actor_id === null ? 'Taskwire' : names.actor(entry.actor_id)}</b> {deedOf(entry, names)}{' '}
              <time dateTime={entry.at} title={formatMoment(entry.at)}>
                {formatAgo(entry.at)}
              </time>
            </p>
          </li>
        ))}
      </ul>
      <ListEnd
        {...paging}
        className="talk-note"
        waiting={<RowsLoading rows={2} />}
        more="Show earlier ones"
        isByHand
        isEmpty={entries.length === 0}
        onMore={() => void feed.loadMore()}
      >
        Nothing that you may see happened here yet.
      </ListEnd>
    </div>
  )
}

/** The address of a thing, by its type; a comment has none, because it is shown with its task. */
const linkOf: Record<string, (id: number) => string> = {
  task: id => `/tasks/${id}`,
  project: id => `/projects/${id}`,
  post: id => `/posts/${id}`,
  video: id => `/videos/${id}`,
  media: id => `/media/${id}`,
}

function Subject({ entry: { event, subject } }: { entry: Activity }) {
  const address = event.endsWith('_deleted') ? undefined : linkOf[subject.type]?.(subject.id)
  const title = <bdi>{subject.title}</bdi>
  return (
    <span className="activity-subject">{address === undefined ? title : <a href={linkTo(address)}>{title}</a>}</span>
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
