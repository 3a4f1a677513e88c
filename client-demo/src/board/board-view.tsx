import { useCallback, useEffect, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { replacePath } from '../router.ts'
import { ProjectsDialog } from '../projects/projects-dialog.tsx'
import { useStore } from '../store.ts'
import { LinkedTask } from '../task-dialog/linked-task.tsx'
import { TaskDialog } from '../task-dialog/task-dialog.tsx'
import { boardStatuses } from '../vocabulary.ts'
import { BulkBar } from './bulk-bar.tsx'
import { Column } from './column.tsx'
import { ColumnTabs } from './column-tabs.tsx'
import { DeleteTask } from './delete-task.tsx'
import { watchDrops } from './drag.ts'
import { queryFromFilters } from './filters.ts'
import { ImportTasks } from './import-tasks.tsx'
import { Toolbar } from './toolbar.tsx'

const everyStatus: readonly TaskStatus[] = [...boardStatuses, 'cancelled']

export type Opened =
  | { kind: 'new'; status: TaskStatus }
  | { kind: 'edit'; id: number }
  | { kind: 'delete'; id: number }
  | { kind: 'projects' }
  | { kind: 'import' }
  | null

interface BoardViewProps {
  /** The task that the address leads to. */
  linked: number | null
  /** Or the project. */
  project: number | null
}

export function BoardView({ linked, project }: BoardViewProps) {
  const { board, moves } = usePage()
  const [opened, setOpened] = useState<Opened>(null)
  const showCancelled = useStore(board.store, state => state.showCancelled)
  const statuses = showCancelled ? everyStatus : boardStatuses
  const close = useCallback(() => setOpened(null), [])
  const openTask = useCallback((id: number) => setOpened({ kind: 'edit', id }), [])
  const askDelete = useCallback((id: number) => setOpened({ kind: 'delete', id }), [])
  const addTo = useCallback((status: TaskStatus) => setOpened({ kind: 'new', status }), [])

  /** The address is the board's again, with what it is narrowed to. */
  const leaveAddress = useCallback(() => {
    const query = queryFromFilters(board.store.get().filters)
    replacePath(query.size > 0 ? `/?${query}` : '/')
  }, [board])

  useEffect(() => watchDrops(board, moves), [board, moves])

  return (
    <div className="board-view">
      <h1 className="visually-hidden">Tasks</h1>
      <Toolbar
        onNew={() => addTo('todo')}
        onProjects={() => setOpened({ kind: 'projects' })}
        onImport={() => setOpened({ kind: 'import' })}
      />
      <ColumnTabs statuses={statuses} />
      <div className="columns" data-columns={statuses.length}>
        {statuses.map(status => (
          <Column key={status} status={status} onOpen={openTask} onAdd={addTo} onDelete={askDelete} />
        ))}
      </div>
      <BulkBar />
      {linked !== null && <LinkedTask key={linked} id={linked} onClose={leaveAddress} />}
      {project !== null && <ProjectsDialog key={project} first={project} onClose={leaveAddress} />}
      {opened?.kind === 'projects' && <ProjectsDialog onClose={close} />}
      {opened?.kind === 'import' && <ImportTasks onClose={close} />}
      {opened?.kind === 'delete' && <DeleteTask id={opened.id} onClose={close} />}
      {opened?.kind === 'new' && <TaskDialog key="new" id={null} status={opened.status} onClose={close} />}
      {opened?.kind === 'edit' && <TaskDialog key={opened.id} id={opened.id} status="todo" onClose={close} />}
    </div>
  )
}
