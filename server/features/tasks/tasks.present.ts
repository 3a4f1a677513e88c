import { type Task, type TaskPriority, taskPriorities } from '../../../contract/index.ts'
import type { TaskRow } from './tasks.queries.ts'

/** @param project the slug of the task's project */
export const present = (row: TaskRow, project: string | null): Task => ({
  id: row.id,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: taskPriorities[row.priority]!,
  category: row.category,
  project,
  project_id: row.project_id,
  assignee_id: row.assignee_id,
  due_date: row.due_date,
  position: row.position,
  version: row.version,
  created_by: row.created_by,
  updated_by: row.updated_by,
  created_at: row.created_at,
  updated_at: row.updated_at,
  completed_at: row.completed_at,
})

/** As the database stores it, in a form that sorts correctly. */
export const priorityRank = (priority: TaskPriority): number => taskPriorities.indexOf(priority)
