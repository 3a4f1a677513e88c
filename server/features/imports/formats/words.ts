import type { TaskPriority, TaskStatus } from '../../../../contract/index.ts'

/** What boards call our statuses and priorities; compared without case, marks and spaces. */
const statusWords: Record<TaskStatus, string> = {
  todo: 'todo, open, new, backlog, ideas, planned, selectedfordevelopment, reopened, next',
  in_progress: 'inprogress, doing, started, active, wip, working, indevelopment',
  review: 'review, inreview, codereview, testing, intesting, qa, inqa, verify, waitingforreview',
  done: 'done, closed, resolved, complete, completed, finished, released, shipped',
  cancelled: 'cancelled, canceled, wontfix, wontdo, notplanned, rejected, duplicate, declined, abandoned',
}
const priorityWords: Record<TaskPriority, string> = {
  low: 'low, lowest, minor, trivial, p4, p3',
  medium: 'medium, normal, default, p2',
  high: 'high, major, important, p1',
  urgent: 'urgent, highest, critical, blocker, p0, asap',
}

const invert = <T extends string>(words: Record<T, string>) =>
  new Map(Object.entries<string>(words).flatMap(([value, all]) => all.split(', ').map(word => [word, value as T])))

const statuses = invert(statusWords)
const priorities = invert(priorityWords)

const fold = (word: string) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

export const statusOf = (word: unknown): TaskStatus | undefined =>
  typeof word === 'string' ? statuses.get(fold(word)) : undefined

/** Also of a label such as `priority: high`. */
export const priorityOf = (word: unknown): TaskPriority | undefined =>
  typeof word === 'string'
    ? (priorities.get(fold(word)) ?? priorities.get(fold(word.replace(/^.*[:/]/, ''))))
    : undefined
