import { formatDay } from '../lib/format.ts'
import { Theirs as TheirValue } from '../forms/theirs.tsx'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from '../people/directory.ts'
import { useStore } from '../lib/store.ts'
import { priorityNames, statusNames } from '../lib/vocabulary.ts'
import type { Draft, DraftField } from './draft.ts'
import type { TaskForm } from './use-task-form.ts'

/** What somebody else has made of a field of the task that is being edited here. */
export function Theirs({ form, field }: { form: TaskForm; field: DraftField }) {
  const { directory, projects } = usePage()
  const { theirs, clashes, set } = form
  const assignee = usePerson(directory, field === 'assignee_id' ? theirs.assignee_id : null)
  const project = useStore(projects.store, all => (theirs.project_id === null ? undefined : all.get(theirs.project_id)))
  if (!clashes.includes(field)) return null
  const shown: Record<DraftField, string> = {
    title: theirs.title,
    description: theirs.description,
    status: statusNames[theirs.status],
    priority: priorityNames[theirs.priority],
    category: theirs.category,
    project_id: project?.name ?? '',
    due: theirs.due === '' ? '' : formatDay(`${theirs.due}T12:00`),
    assignee_id: assignee?.name ?? '',
  }
  return <TheirValue value={shown[field]} onTake={() => set({ [field]: theirs[field] } as Partial<Draft>)} />
}
