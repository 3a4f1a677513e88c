import { useCallback, useEffect, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { importPath, projectPath, taskPath } from '../lib/addresses.ts'
import { usePage } from '../lib/use-page.ts'
import { goTo, leaveTo, replacePath, useRoute } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { LinkedTask } from '../task-dialog/linked-task.tsx'
import { TaskDialog } from '../task-dialog/task-dialog.tsx'
import { later } from '../ui/later.tsx'
import { boardStatuses } from '../lib/vocabulary.ts'
import { BulkBar } from './bulk-bar.tsx'
import { Column } from './column.tsx'
import { ColumnTabs } from './column-tabs.tsx'
import { DeleteTask } from './delete-task.tsx'
import { watchDrops } from './drag.ts'
import { boardFilters } from '../tasks/filters.ts'
import { watchDialogs } from './follow-focus.ts'
import { Toolbar } from './toolbar.tsx'
import { onBoard } from './on-board.ts'

// A task is opened by everybody, and at once; these are not.
const ImportTasks = later(async () => (await import('./import-tasks.tsx')).ImportTasks)
const ProjectsDialog = later(async () => (await import('../projects/projects-dialog.tsx')).ProjectsDialog)

const everyStatus: readonly TaskStatus[] = [...boardStatuses, 'cancelled']

/** The board as the address tells it: what it is narrowed to, and what is open on it. */
export function BoardView() {
  const { board, moves } = usePage()
  const { path, query } = useRoute()
  const [asked, setAsked] = useState<number | null>(null)
  const showCancelled = useStore(board.store, state => state.showCancelled)
  const statuses = showCancelled ? everyStatus : boardStatuses
  const open = useCallback(
    (at: string, more?: Record<string, string>) => goTo(onBoard(at, board.store.get(), more)),
    [board],
  )
  const openTask = useCallback((id: number) => open(`/tasks/${id}`), [open])
  const addTo = useCallback((status: TaskStatus) => open('/tasks/new', { status }), [open])
  const isOnBoard = useCallback(
    (id: number) => statuses.some(status => board.tasksByColumn()[status].some(task => task.id === id)),
    [board, statuses],
  )
  /** The board, narrowed to a project, takes the place of the dialog. */
  function show(id: number) {
    const { filters, showCancelled: isShown } = board.store.get()
    replacePath(onBoard('/', { filters: { ...filters, projects: [id] }, showCancelled: isShown }))
  }
  const close = useCallback(() => leaveTo(onBoard('/', board.store.get())), [board])

  useEffect(() => {
    board.showCancelled(query.has('cancelled'))
    board.narrow(boardFilters.read(query))
  }, [board, query])
  useEffect(() => watchDrops(board, moves), [board, moves])
  useEffect(watchDialogs, [])

  const task = taskPath.exec(path)?.[1]
  const project = projectPath.exec(path)
  return (
    <div className="board-view">
      <h1 className="visually-hidden">Tasks</h1>
      <Toolbar onNew={() => addTo('todo')} onProjects={() => open('/projects')} onImport={() => open(importPath)} />
      <ColumnTabs statuses={statuses} />
      <div className="columns" data-columns={statuses.length}>
        {statuses.map(status => (
          <Column
            key={status}
            status={status}
            isOnBoard={isOnBoard}
            onOpen={openTask}
            onAdd={addTo}
            onDelete={setAsked}
          />
        ))}
      </div>
      <BulkBar />
      {task === 'new' && <TaskDialog key="new" id={null} status={statusIn(query)} onClose={close} />}
      {task !== undefined && task !== 'new' && <LinkedTask key={task} id={Number(task)} onClose={close} />}
      {project !== null && (
        <ProjectsDialog
          chosen={project[1] === 'new' ? 'new' : Number(project[1] ?? 0) || null}
          onChoose={chosen =>
            replacePath(onBoard(`/projects${chosen === null ? '' : `/${chosen}`}`, board.store.get()))
          }
          onShow={show}
          onClose={close}
        />
      )}
      {path === importPath && <ImportTasks onClose={close} />}
      {asked !== null && <DeleteTask id={asked} onClose={() => setAsked(null)} />}
    </div>
  )
}

const statusIn = (query: URLSearchParams) => everyStatus.find(status => status === query.get('status')) ?? 'todo'
