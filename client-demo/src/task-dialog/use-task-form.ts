import { useEffect, useState } from 'react'
import { randomId, type Task, type TaskStatus } from '../../../sdk/index.ts'
import { useEditedForm } from '../forms/use-edited-form.ts'
import { rememberPlace } from '../lib/router.ts'
import { usePage } from '../lib/use-page.ts'
import { mayEdit } from '../projects/project-list.ts'
import { useMayChangeTask } from '../projects/rights.ts'
import { useStore } from '../lib/store.ts'
import { changesOf, draftFields, draftOf, newDraft, type Draft, type DraftField } from './draft.ts'

const names = ['title', 'description', 'status', 'priority', 'category', 'project', 'due_date', 'assignee_id']

interface TaskFormOptions {
  /** null = a new task */
  id: number | null
  status: TaskStatus
  onDone: () => void
}

/** A form over a task that may change under one's hands. */
export function useTaskForm({ id, status, onDone }: TaskFormOptions) {
  const { board, client, projects, toasts, me } = usePage()
  const task = useStore(board.store, state => (id === null ? undefined : state.store.items.get(id)))
  useEffect(() => {
    board.hold(id)
    return () => board.hold(null)
  }, [board, id])
  /** Whoever looks at one project means that one. */
  function projectToStartWith(): number | null {
    const [only, ...others] = board.store.get().filters.projects
    const project = only === undefined || others.length > 0 ? undefined : projects.store.get().get(only)
    return project && mayEdit(project, me.role === 'admin') ? project.id : null
  }

  const [first] = useState(() => newDraft(status, projectToStartWith()))
  const form = useEditedForm<Draft, DraftField, Task>({
    thing: `task:${id ?? 'new'}`,
    fields: draftFields,
    first,
    now: task && { draft: draftOf(task), version: task.version },
    noun: 'task',
    names,
    onCurrent: current => board.take([current]),
  })
  const { draft, base, forget, refuse, send } = form
  /** As it was last seen, for it may be gone. */
  const [seen, setSeen] = useState<Task | undefined>(task)
  if (task && seen && task.version > seen.version) setSeen(task)
  const isGone = id !== null && task === undefined
  const mayChange = useMayChangeTask(seen?.project_id ?? null)
  const isReadOnly = mayChange === false
  const isLost = useStore(board.store, state => isGone && state.store.goneProjects.has(seen?.project_id ?? 0))
  // When the board is begun anew, nobody knows it any more.
  const [isOutOfReach, setOutOfReach] = useState(false)
  if (isLost !== isOutOfReach && (isLost || !isGone)) setOutOfReach(isLost)

  async function create() {
    const top = board.tasksByColumn()[draft.status][0]
    const { title = '', ...changes } = changesOf(newDraft(draft.status, null), draft)
    // On top, where whoever creates it looks.
    const place = top ? { before_id: top.id } : {}
    const mutationId = board.noteMutation(randomId())
    board.take([await client.tasks.create({ title, ...changes, status: draft.status, ...place }, { mutationId })])
    board.doubtCounts()
  }

  async function change(known: Task) {
    const changes = changesOf(base, draft, known.due_date)
    if (Object.keys(changes).length === 0) return
    const mutationId = board.noteMutation(randomId())
    board.take([await client.tasks.update({ id: known.id, ...changes }, { mutationId, version: known.version })])
    board.doubtCounts()
  }

  async function save(element: HTMLFormElement) {
    if (isReadOnly || isGone) return
    if (draft.title.trim() === '') return refuse({ title: 'A task needs a title' })
    const isStillHere = rememberPlace()
    await send(async () => {
      await (seen ? change(seen) : create())
      forget()
      if (isStillHere()) onDone()
    }, element)
  }

  async function remove() {
    if (!seen) return
    const isStillHere = rememberPlace()
    await send(async () => {
      const mutationId = board.noteMutation(randomId())
      await client.tasks.delete({ id: seen.id }, { mutationId })
      forget()
      board.forget(seen.id, seen.version + 1)
      toasts.say('The task is deleted')
      if (isStillHere()) onDone()
    })
  }

  return {
    ...form,
    task: seen,
    theirs: base,
    isGone,
    /** Gone because its project is out of reach now, and not because it was deleted. */
    isOutOfReach,
    /** Known to be theirs to change; whoever only reads does not edit. */
    isEditor: id !== null && mayChange === true && !isGone,
    isReadOnly,
    save,
    remove,
  }
}
export type TaskForm = ReturnType<typeof useTaskForm>
