import { useEffect, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { statusNames } from '../lib/vocabulary.ts'
import { useColumnCount } from './use-column-count.ts'

/** On narrow screens, where one column is seen at a time. */
export function ColumnTabs({ statuses }: { statuses: readonly TaskStatus[] }) {
  const [seen, setSeen] = useState<TaskStatus>('todo')

  useEffect(() => {
    const root = document.querySelector('.columns')
    const observer = new IntersectionObserver(
      entries => {
        const most = entries.filter(entry => entry.isIntersecting).at(-1)
        if (most) setSeen(most.target.id.replace('column-', '') as TaskStatus)
      },
      { root, threshold: 0.6 },
    )
    for (const status of statuses) {
      const column = document.getElementById(`column-${status}`)
      if (column) observer.observe(column)
    }
    return () => observer.disconnect()
  }, [statuses])

  const goTo = (status: TaskStatus) =>
    document.getElementById(`column-${status}`)?.scrollIntoView({ inline: 'start', block: 'nearest' })

  return (
    <div className="column-tabs" role="group" aria-label="Columns">
      {statuses.map(status => (
        <button key={status} type="button" aria-pressed={status === seen} onClick={() => goTo(status)}>
          {statusNames[status]}
          <Count status={status} />
        </button>
      ))}
    </div>
  )
}

/** So that what a search has found elsewhere does not stay out of sight. */
function Count({ status }: { status: TaskStatus }) {
  const { text } = useColumnCount(status)
  return <small>{text ?? '…'}</small>
}
