import { taskPriorities, type NotificationType, type TaskPriority, type TaskStatus } from '../../../sdk/index.ts'

export const statusNames: Record<TaskStatus, string> = {
  todo: 'To do',
  in_progress: 'In progress',
  review: 'Review',
  done: 'Done',
  cancelled: 'Cancelled',
}

/** The most pressing first, as they are offered. */
export const priorityNames: Record<TaskPriority, string> = {
  urgent: 'Urgent',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
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

/** The kinds of notification, and what they are called. */
export const notificationNames: Record<NotificationType, { name: string; hint: string }> = {
  mention: { name: 'Mentions', hint: 'Somebody writes @you in a comment' },
  assigned: { name: 'Assigned tasks', hint: 'Somebody gives you a task' },
  due_soon: { name: 'Due dates', hint: 'A task of yours is due soon' },
  role_changed: { name: 'Roles', hint: 'Somebody lets you into a project, removes you, or changes what you may do' },
  job_finished: { name: 'Jobs', hint: 'An import or another long job of yours has come to its end' },
  alert: { name: 'Alerts', hint: 'For administrators: something needs attention' },
  webhook_disabled: { name: 'Webhooks', hint: 'A webhook of yours was stopped because its receiver does not answer' },
  security: { name: 'Security', hint: 'What lets somebody into your account has changed' },
}
