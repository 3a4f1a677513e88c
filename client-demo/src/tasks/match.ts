import { findsWords, type Task } from '../../../sdk/index.ts'
import { nowMs as serverNowMs } from '../lib/client.ts'
import { dueRange, type Filters } from './filters.ts'

export const matchesSearch = (task: Task, search: string): boolean =>
  findsWords(`${task.title} ${task.description}`, search)

const within = <T>(wanted: readonly T[], value: T | null) =>
  wanted.length === 0 || (value !== null && wanted.includes(value))

/** All filters but the search, exactly as the server applies them. */
export function matchesFields(task: Task, filters: Filters): boolean {
  if (!within(filters.categories, task.category) || !within(filters.projects, task.project_id)) return false
  if (!within(filters.priorities, task.priority) || !within(filters.assignees, task.assignee_id)) return false
  if (filters.due === null) return true
  if (task.due_date === null) return false
  const { start, end } = dueRange(filters.due)
  const due = Date.parse(task.due_date)
  return due >= start && due <= end
}

export const isOverdue = (task: Task, nowMs = serverNowMs()) =>
  task.due_date !== null && task.status !== 'done' && task.status !== 'cancelled' && Date.parse(task.due_date) < nowMs
