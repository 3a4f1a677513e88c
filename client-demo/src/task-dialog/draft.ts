import type { CallInput, operations, Task, TaskPriority, TaskStatus } from '../../../sdk/index.ts'
import { dayInput, moveToDay } from '../lib/format.ts'

/** The fields of the form, as text and choices. */
export interface Draft {
  title: string
  description: string
  status: TaskStatus
  priority: TaskPriority
  category: string
  project_id: number | null
  due: string
  assignee_id: number | null
}

export type DraftField = keyof Draft
export const draftFields = [
  'title',
  'description',
  'status',
  'priority',
  'category',
  'project_id',
  'due',
  'assignee_id',
] as const satisfies readonly DraftField[]

export const newDraft = (status: TaskStatus, project_id: number | null): Draft => ({
  title: '',
  description: '',
  status,
  priority: 'medium',
  category: '',
  project_id,
  due: '',
  assignee_id: null,
})

export const draftOf = (task: Task): Draft => ({
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  category: task.category ?? '',
  project_id: task.project_id,
  due: dayInput(task.due_date),
  assignee_id: task.assignee_id,
})

type Changes = Omit<CallInput<(typeof operations)['tasks']['update']>, 'id'>

/** @param was when the task was due */
const asSent: { [Field in DraftField]: (draft: Draft, was: string | null) => Changes } = {
  title: ({ title }) => ({ title: title.trim() }),
  description: ({ description }) => ({ description }),
  status: ({ status }) => ({ status }),
  priority: ({ priority }) => ({ priority }),
  category: ({ category }) => ({ category: category.trim() === '' ? null : category.trim() }),
  project_id: ({ project_id }) => ({ project: project_id }),
  due: ({ due }, was) => ({ due_date: due === '' ? null : moveToDay(due, was) }),
  assignee_id: ({ assignee_id }) => ({ assignee_id }),
}

/**
 * Only what was edited: the rest may have been changed by others, and stays theirs.
 *
 * @param was when the task was due
 */
export const changesOf = (base: Draft, draft: Draft, was: string | null = null): Changes =>
  Object.assign(
    {},
    ...draftFields.filter(field => draft[field] !== base[field]).map(field => asSent[field](draft, was)),
  ) as Changes
