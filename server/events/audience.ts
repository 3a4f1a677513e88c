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

/** As it is stored and as it names internal rooms: `all`, `p12`, `u5`, `p12/` and `all/` (authors there), `-`. */
export function scopeOf(audience: Audience): string {
  switch (audience.of) {
    case 'everyone':
      return 'all'
    case 'project':
      return `p${audience.id}`
    case 'person':
      return `u${audience.id}`
    case 'author':
      return `${scopeOf(inProject(audience.projectId))}/`
    case 'system':
      return '-'
  }
}

/** What a scope alone does not say; stored beside it. */
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
