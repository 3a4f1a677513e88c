import { taskPriorities, type TaskPriority, type TaskStatus } from '../../sdk/index.ts'

export const statusNames: Record<TaskStatus, string> = {
  todo: 'To do',
  in_progress: 'In progress',
  review: 'Review',
  done: 'Done',
  cancelled: 'Cancelled',
}

export const priorityNames: Record<TaskPriority, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  urgent: 'Urgent',
}

export const prioritiesByWeight: readonly TaskPriority[] = taskPriorities.toReversed()
export const boardStatuses: readonly TaskStatus[] = ['todo', 'in_progress', 'review', 'done']

/** What a changed field is called when people are told. */
export const fieldNames: Record<string, string> = {
  title: 'title',
  description: 'description',
  status: 'status',
  priority: 'priority',
  category: 'category',
  project_id: 'project',
  due_date: 'due date',
  assignee_id: 'assignee',
}
