import type { Connection } from '../../ports/database.ts'
import { allFlags, type FlagRow } from './flags.queries.ts'

export interface FlagCache {
  /** All flags, by name. */
  read(): Promise<readonly FlagRow[]>
  /** Called for each change of a flag, also by another instance. */
  forget(): void
  /** 1 when they are kept. */
  size(): number
}

/** The flags are few and asked for often, so each instance keeps them until it hears of a change. */
export function createFlagCache(database: Connection): FlagCache {
  let kept: Promise<readonly FlagRow[]> | null = null

  function load(): Promise<readonly FlagRow[]> {
    const loading: Promise<readonly FlagRow[]> = allFlags(database).catch(error => {
      if (kept === loading) kept = null
      throw error
    })
    return loading
  }
  return { read: () => (kept ??= load()), forget: () => void (kept = null), size: () => (kept ? 1 : 0) }
}
