import {
  limits,
  positionOf,
  type LiveEvent,
  type Position,
  type Project,
  type TaskwireClient,
} from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'

type Known = ReadonlyMap<number, Project>

/** Beyond this one finds a project by its name, not in a list. */
const mostPages = 10

/** The projects that one may see. Events tell them as everybody sees them, so the own role is kept from before. */
export function createProjectList(client: TaskwireClient) {
  const store = createStore<Known>(new Map())
  /** Out of reach: an answer that was on its way when this was told does not bring one back. */
  const gone = new Set<number>()

  function take(projects: readonly Project[], roleIsOwn = true) {
    store.set(known => {
      const all = new Map(known)
      for (const project of projects) {
        const before = all.get(project.id)
        if (gone.has(project.id) || (before && before.version > project.version)) continue
        all.set(project.id, roleIsOwn ? project : { ...project, role: before?.role ?? null })
      }
      return all
    })
  }

  function drop(id: number) {
    gone.add(id)
    store.set(known => new Map([...known].filter(([other]) => other !== id)))
  }

  async function load(): Promise<Position | undefined> {
    let cursor: string | null = ''
    let first: Position | undefined
    for (let page = 0; page < mostPages && cursor !== null; page += 1) {
      const answer = await client.projects.list({ sort: 'name', cursor, page_size: limits.maxPageSize })
      take(answer.results)
      first ??= positionOf(answer)
      cursor = answer.next === null ? null : new URL(answer.next, location.origin).searchParams.get('cursor')
    }
    return first
  }

  /** Asked for by something that lies in it, once. */
  const wanted = new Set<number>()
  let listed: Promise<unknown> = Promise.resolve()

  async function loadOne(id: number) {
    try {
      take([await client.projects.get({ id: String(id) })])
    } catch {
      // Lost again by now, or out of reach: the next event or reload tells.
    }
  }

  return {
    store,
    take,
    load() {
      const loading = load()
      listed = loading.catch(() => {})
      return loading
    },
    /** One that the list may not have reached. */
    want(id: number) {
      if (store.get().has(id) || wanted.has(id)) return
      wanted.add(id)
      void listed.then(() => (store.get().has(id) ? undefined : loadOne(id)))
    },
    apply(event: LiveEvent) {
      if (event.name === 'project_created') {
        take([event.project], false)
        void loadOne(event.project.id)
      } else if (event.name === 'project_updated') {
        take([event.project], false)
      } else if (event.name === 'project_deleted' || (event.name === 'access_changed' && !event.readable)) {
        drop(event.project_id)
      } else if (event.name === 'access_changed') {
        gone.delete(event.project_id)
        void loadOne(event.project_id)
      }
    },
    /** After a reset nothing that is held can be relied on, deletions included. */
    async rebuild() {
      gone.clear()
      wanted.clear()
      store.set(() => new Map())
      await load()
    },
  }
}
export type ProjectList = ReturnType<typeof createProjectList>

export const byName = (a: Project, b: Project) => a.name.localeCompare(b.name)
export const mayEdit = (project: Project, admin: boolean) =>
  project.status === 'active' && (admin || project.role === 'owner' || project.role === 'editor')
export const mayManage = (project: Project, admin: boolean) => admin || project.role === 'owner'

declare module '../lib/page.ts' {
  interface Page {
    projects: ProjectList
  }
}
