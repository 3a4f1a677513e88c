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
  /** Events about access until now. An answer does not count when one came after it was asked for. */
  let accessEvents = 0
  /** The number of the last one, by project. */
  const lastAccessEvent = new Map<number, number>()
  /** The last reset, which counts as one of them. */
  let resetAt = 0

  /** @param asked `accessEvents` when this was asked for */
  function take(projects: readonly Project[], { roleIsOwn = true, asked = accessEvents } = {}) {
    if (asked < resetAt) return
    store.set(known => {
      const all = new Map(known)
      for (const project of projects) {
        const before = all.get(project.id)
        if ((lastAccessEvent.get(project.id) ?? 0) > asked) continue
        const newest = before && before.version > project.version ? before : project
        // Events do not have the role, so it is taken from an answer even if an event has brought a newer version.
        all.set(project.id, { ...newest, role: roleIsOwn ? project.role : (before?.role ?? null) })
      }
      return all
    })
  }

  function drop(id: number) {
    wanted.delete(id)
    store.set(known => new Map([...known].filter(([other]) => other !== id)))
  }

  async function load(): Promise<Position | undefined> {
    let cursor: string | null = ''
    let first: Position | undefined
    for (let page = 0; page < mostPages && cursor !== null; page += 1) {
      const asked = accessEvents
      const answer = await client.projects.list({ sort: 'name', cursor, page_size: limits.maxPageSize })
      take(answer.results, { asked })
      first ??= positionOf(answer)
      cursor = answer.next === null ? null : new URL(answer.next, location.origin).searchParams.get('cursor')
    }
    return first
  }

  /** Asked for by something that lies in it, once. */
  const wanted = new Set<number>()
  let listed: Promise<unknown> = Promise.resolve()

  /** Takes the answer to a question about one project. */
  async function takeAnswer(question: () => Promise<Project>) {
    const asked = accessEvents
    take([await question()], { asked })
  }

  async function loadOne(id: number) {
    try {
      await takeAnswer(() => client.projects.get({ id: String(id) }))
    } catch {
      // Lost again by now, or out of reach: the next event or reload tells.
      wanted.delete(id)
    }
  }

  function want(id: number) {
    if (store.get().has(id) || wanted.has(id)) return
    wanted.add(id)
    void listed.then(() => (store.get().has(id) ? undefined : loadOne(id)))
  }

  return {
    store,
    take,
    takeAnswer,
    load() {
      const loading = load()
      listed = loading.catch(() => {})
      return loading
    },
    /** One that the list may not have reached. */
    want,
    apply(event: LiveEvent) {
      if (event.name === 'project_created') {
        take([event.project], { roleIsOwn: false })
        void loadOne(event.project.id)
      } else if (event.name === 'project_updated') {
        take([event.project], { roleIsOwn: false })
      } else if (event.name === 'project_deleted') {
        lastAccessEvent.set(event.project_id, Infinity)
        drop(event.project_id)
      } else if (event.name === 'access_changed') {
        lastAccessEvent.set(event.project_id, ++accessEvents)
        if (event.readable) void loadOne(event.project_id)
        else drop(event.project_id)
      }
    },
    /** After a reset nothing that is held can be relied on, deletions included. */
    async rebuild() {
      resetAt = ++accessEvents
      lastAccessEvent.clear()
      const again = [...wanted]
      wanted.clear()
      store.set(() => new Map())
      await load().finally(() => again.forEach(want))
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
