import { useEffect, useState } from 'react'
import type { DashboardStats } from '../../../sdk/index.ts'
import { ActivitySection } from '../activity/activity-section.tsx'
import { linkTo } from '../lib/base-path.ts'
import { formatCount, formatSize } from '../lib/format.ts'
import { useStore } from '../lib/store.ts'
import { usePage } from '../lib/use-page.ts'
import { boardFilters } from '../tasks/filters.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { RowsLoading } from '../ui/rows-loading.tsx'
import { createStats } from './stats.ts'
import { StatusBar } from './status-bar.tsx'
import '../styles/dashboard.css'

/** How things stand, and what happened last. */
export function DashboardView() {
  const { client, live, me } = usePage()
  const [source] = useState(() => createStats({ client, live }))
  const { stats, error } = useStore(source.store, state => state)
  useEffect(() => source.start(), [source])
  return (
    <div className="settings dashboard">
      <header className="settings-head">
        <h1>Dashboard</h1>
      </header>
      {error !== null && <ListEnd next={null} loading={false} error={error} onMore={() => void source.load()} />}
      <section className="panel" aria-labelledby="dashboard-tasks" aria-busy={stats === null}>
        <h2 id="dashboard-tasks">Tasks</h2>
        {stats === null ? <RowsLoading rows={2} /> : <Tasks tasks={stats.tasks} me={me.id} />}
      </section>
      <section className="panel" aria-labelledby="dashboard-others" aria-busy={stats === null}>
        <h2 id="dashboard-others">Everything else</h2>
        {stats === null ? <RowsLoading rows={1} /> : <Others stats={stats} />}
      </section>
      <section className="panel" aria-labelledby="dashboard-activity">
        <h2 id="dashboard-activity">What happened last</h2>
        <ActivitySection taskId={null} />
      </section>
    </div>
  )
}

const onBoard = (filters: Partial<typeof boardFilters.none>) =>
  boardFilters.address('/', { ...boardFilters.none, ...filters })

function Tasks({ tasks, me }: { tasks: DashboardStats['tasks']; me: number }) {
  return (
    <>
      <StatusBar counts={tasks.by_status} />
      <dl className="figures">
        <Figure name="Overdue" count={tasks.overdue} to={onBoard({ due: 'overdue' })} isAlarming={tasks.overdue > 0} />
        <Figure name="Due within 7 days" count={tasks.due_soon} to={onBoard({ due: 'week' })} />
        <Figure name="Yours, and open" count={tasks.assigned_to_me} to={onBoard({ assignees: [me] })} />
        <Figure
          name="Urgent, and open"
          count={tasks.by_priority.urgent}
          to={onBoard({ priorities: ['urgent'] })}
          isAlarming={tasks.by_priority.urgent > 0}
        />
        <Figure name="Created in 7 days" count={tasks.created_last_7_days} />
        <Figure name="Completed in 7 days" count={tasks.completed_last_7_days} />
      </dl>
    </>
  )
}

const Others = ({
  stats: { projects, posts, videos, media, unread_notifications: unread },
}: {
  stats: DashboardStats
}) => (
  <dl className="figures">
    <Figure
      name="Projects"
      count={projects.active}
      to="/projects"
      more={`${formatCount(projects.archived)} archived`}
    />
    <Figure
      name="Posts"
      count={posts.published}
      to="/posts"
      more={`${formatCount(posts.drafts)} ${posts.drafts === 1 ? 'draft' : 'drafts'}`}
    />
    <Figure name="Videos" count={videos.total} to="/videos" />
    <Figure name="Files" count={media.total} to="/media" more={formatSize(media.bytes)} />
    <Figure name="Unread notifications" count={unread} to="/notifications" />
  </dl>
)

interface FigureProps {
  name: string
  count: number
  /** Where they are listed. */
  to?: string
  more?: string
  isAlarming?: boolean
}

const Figure = ({ name, count, to, more, isAlarming = false }: FigureProps) => (
  <div className={isAlarming ? 'figure is-alarming' : 'figure'}>
    <dt>{to === undefined ? name : <a href={linkTo(to)}>{name}</a>}</dt>
    <dd>
      <b>{formatCount(count)}</b>
      {more !== undefined && <small>{more}</small>}
    </dd>
  </div>
)
