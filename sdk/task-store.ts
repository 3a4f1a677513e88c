import { type Task, withSortKey } from '../contract/index.ts'
import type { LiveEvent } from './live-event.ts'

/**
 * The tasks that a client knows of. Pure, and safe to feed from answers and events in any order: the higher version
 * wins, and what is gone stays gone, though an older list still holds it.
 */
export interface TaskStore {
  readonly tasks: ReadonlyMap<number, Task>
  /** Tombstones: versions up to this one are never shown again. */
  readonly gone: ReadonlyMap<number, number>
  readonly goneProjects: ReadonlySet<number>
}

export const emptyTaskStore: TaskStore = { tasks: new Map(), gone: new Map(), goneProjects: new Set() }

function isNews({ tasks, gone, goneProjects }: TaskStore, task: Task): boolean {
  if (task.project_id !== null && goneProjects.has(task.project_id)) return false
  return task.version > Math.max(tasks.get(task.id)?.version ?? 0, gone.get(task.id) ?? 0)
}

/** The same store when there is nothing new in it. */
export function upsertTasks(store: TaskStore, given: readonly Task[]): TaskStore {
  const news = given.filter(task => isNews(store, task))
  if (news.length === 0) return store
  const tasks = new Map(store.tasks)
  for (const task of news) if ((tasks.get(task.id)?.version ?? 0) < task.version) tasks.set(task.id, withSortKey(task))
  return { ...store, tasks }
}

/** `upTo`: the versions that this removal overrules. */
export function removeTask(store: TaskStore, id: number, upTo: number): TaskStore {
  const known = store.tasks.get(id)
  if (known && known.version > upTo) return store
  const tasks = new Map(store.tasks)
  tasks.delete(id)
  return { ...store, tasks, gone: new Map(store.gone).set(id, Math.max(upTo, store.gone.get(id) ?? 0)) }
}

function dropProject(store: TaskStore, projectId: number): TaskStore {
  const tasks = new Map([...store.tasks].filter(([, task]) => task.project_id !== projectId))
  return { ...store, tasks, goneProjects: new Set(store.goneProjects).add(projectId) }
}

function readmitProject(store: TaskStore, projectId: number): TaskStore {
  if (!store.goneProjects.has(projectId)) return store
  const goneProjects = new Set(store.goneProjects)
  goneProjects.delete(projectId)
  return { ...store, goneProjects }
}

export function applyTaskEvent(store: TaskStore, event: LiveEvent): TaskStore {
  switch (event.name) {
    case 'task_created':
    case 'task_updated':
      return upsertTasks(store, [event.task])
    case 'tasks_bulk_updated':
      return upsertTasks(store, event.tasks)
    case 'task_deleted':
      return removeTask(store, event.task_id, event.version)
    case 'tasks_bulk_deleted':
      // Carries no versions and needs none: an id never comes back.
      return event.task_ids.reduce((all, id) => removeTask(all, id, Number.MAX_SAFE_INTEGER), store)
    case 'task_removed':
      // Moved out of sight. Who may see where it went gets that very version as an update, before or after this.
      return removeTask(store, event.task_id, event.version - 1)
    case 'project_deleted':
      return dropProject(store, event.project_id)
    case 'access_changed':
      return event.readable ? readmitProject(store, event.project_id) : dropProject(store, event.project_id)
    default:
      return store
  }
}
