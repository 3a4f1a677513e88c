/**
 * Who may read an event. It is stored with the event as one scope, never flattened to names or to "everyone": who reads
 * it later is decided by the rights of that moment, so a project that turned private does not show its past to strangers.
 */
export type Audience =
  | { of: 'everyone'; except?: number[] }
  /** `former`: those who could see a project that is no more, which no present right tells. */
  | { of: 'project'; id: number; former?: number[] | 'everyone' }
  | { of: 'person'; id: number }
  /** One person as long as they read the project (null: none, which everybody reads), and administrators. */
  | { of: 'author'; id: number; projectId: number | null }
  /** For the instances themselves: no client gets it. */
  | { of: 'system' }

export const everyone: Audience = { of: 'everyone' }
export const system: Audience = { of: 'system' }
export const person = (id: number): Audience => ({ of: 'person', id })
export const inProject = (id: number | null): Audience => (id === null ? everyone : { of: 'project', id })

/** For what only its author may see, where others do not yet or no more. */
export const authorIn = (projectId: number | null, id: number): Audience => ({ of: 'author', id, projectId })

/**
 * An audience's key: what is stored with an event (its column `scope`), what its readers are found by, and what names
 * internal rooms. `all`, `p12` (a project), `u5` (a person), `p12/` and `all/` (each author there), `-` (no client).
 */
export const keys = {
  everyone: 'all',
  system: '-',
  project: (id: number) => `p${id}`,
  inProject: (id: number | null) => (id === null ? keys.everyone : keys.project(id)),
  person: (id: number) => `u${id}`,
  /** @param of the key of the project, or of everyone */
  authors: (of: string) => `${of}/`,
  /** Of everyone and of all projects, as a regular expression of PostgreSQL. */
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
    case 'system':
      return keys.system
  }
}

/** A key, understood. Which author `authors` means is in the event's reach. */
export type ParsedKey =
  { of: 'everyone' | 'system' } | { of: 'project' | 'person'; id: number } | { of: 'authors'; projectId: number | null }

export function parseKey(key: string): ParsedKey {
  if (key === keys.everyone) return { of: 'everyone' }
  if (key === keys.system) return { of: 'system' }
  const id = Number.parseInt(key.slice(1))
  if (key.endsWith('/')) return { of: 'authors', projectId: key.startsWith('p') ? id : null }
  return { of: key.startsWith('p') ? 'project' : 'person', id }
}

/** What a key alone does not say; stored beside it. */
export interface Reach {
  former?: number[] | 'everyone'
  except?: number[]
  /** The author, of what is theirs alone. */
  only?: number
}

export function reachOf(audience: Audience): Reach | null {
  if (audience.of === 'project' && audience.former) return { former: audience.former }
  if (audience.of === 'everyone' && audience.except) return { except: audience.except }
  if (audience.of === 'author') return { only: audience.id }
  return null
}
