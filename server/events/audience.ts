import type { Topic } from '../../contract/index.ts'

/**
 * Who may read an event. The audience is stored with the event as one scope, never as a list of names or as "everyone".
 * Later readers are judged by their rights at that time, so a project that became private does not show its past to
 * strangers.
 */
export type Audience =
  /** `topic`: for those in this room only, of an event that belongs to no topic by its name. */
  | { of: 'everyone'; except?: number[]; topic?: Topic }
  /** `former`: who could see a project that was deleted. Present rights no longer tell that. */
  | { of: 'project'; id: number; former?: number[] | 'everyone' }
  | { of: 'person'; id: number }
  /**
   * One person as long as they may read the project (null means no project, which everybody reads), and administrators.
   */
  | { of: 'author'; id: number; projectId: number | null }
  /** Administrators, in their room. */
  | { of: 'admins' }
  /** For the instances themselves; no client gets it. */
  | { of: 'system' }

export const everyone: Audience = { of: 'everyone' }
export const system: Audience = { of: 'system' }
export const admins: Audience = { of: 'admins' }
/** For an application event: everybody who is in the room of a topic. */
export const inTopic = (topic: Topic): Audience => ({ of: 'everyone', topic })
export const person = (id: number): Audience => ({ of: 'person', id })
export const inProject = (id: number | null): Audience => (id === null ? everyone : { of: 'project', id })

/** For what only its author may see, because others do not see it yet or no longer. */
export const authorIn = (projectId: number | null, id: number): Audience => ({ of: 'author', id, projectId })

/**
 * The key of an audience. It is stored with an event (in the column `scope`), selects the events of a reader, and names
 * internal rooms. `all`, `p12` (a project), `u5` (a person), `p12/` and `all/` (each author there), `admins`, `-` (no client).
 */
export const keys = {
  everyone: 'all',
  system: '-',
  admins: 'admins',
  project: (id: number) => `p${id}`,
  inProject: (id: number | null) => (id === null ? keys.everyone : keys.project(id)),
  person: (id: number) => `u${id}`,
  /** @param of the key of the project, or of everyone */
  authors: (of: string) => `${of}/`,
  /** Matches the keys of everyone and of all projects; a regular expression of PostgreSQL. */
  everyProject: '^(all|p)',
}

export function keyOf(audience: Audience): string {
  switch (audience.of) {
    case 'everyone':
      return keys.everyone
    case 'project':
      return keys.project(audience.id)
    case 'person':
      return keys.person(audience.id)
    case 'author':
      return keys.authors(keys.inProject(audience.projectId))
    case 'admins':
      return keys.admins
    case 'system':
      return keys.system
  }
}

/** A parsed key. The reach of the event says which author `authors` means. */
export type ParsedKey =
  | { of: 'everyone' | 'admins' | 'system' }
  | { of: 'project' | 'person'; id: number }
  | { of: 'authors'; projectId: number | null }

export function parseKey(key: string): ParsedKey {
  if (key === keys.everyone) return { of: 'everyone' }
  if (key === keys.system) return { of: 'system' }
  if (key === keys.admins) return { of: 'admins' }
  const id = Number.parseInt(key.slice(1))
  if (key.endsWith('/')) return { of: 'authors', projectId: key.startsWith('p') ? id : null }
  return { of: key.startsWith('p') ? 'project' : 'person', id }
}

/** What the key does not say; stored next to it. */
export interface Reach {
  former?: number[] | 'everyone'
  except?: number[]
  /** The author, when only the author may read the event. */
  only?: number
  /** The room of an application event. */
  topic?: Topic
}

export function reachOf(audience: Audience): Reach | null {
  if (audience.of === 'project' && audience.former) return { former: audience.former }
  if (audience.of === 'everyone' && audience.except) return { except: audience.except }
  if (audience.of === 'everyone' && audience.topic) return { topic: audience.topic }
  if (audience.of === 'author') return { only: audience.id }
  return null
}
