import type { User } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { evaluate, type Evaluation } from './evaluate.ts'
import type { FlagCache } from './flag-cache.ts'
import { targetOf } from './subject.ts'

export type EvaluatedFlag = Evaluation & { name: string }

/** The values of flags for programs that evaluate them by OFREP. */
export interface FlagEvaluation {
  /** @param key the targeting key of the client */
  all(caller: User, key?: string): Promise<EvaluatedFlag[]>
  /** Null when there is no flag of this name. */
  one(caller: User, name: string, key?: string): Promise<EvaluatedFlag | null>
  /** Calls back on each change of any flag, until the returned function is called. */
  onChange(fn: () => void): () => void
  announce(): void
}

export function createEvaluation(database: Connection, cache: FlagCache): FlagEvaluation {
  const listeners = new Set<() => void>()

  return {
    async all(caller, key) {
      const flags = await cache.read()
      const subject = await targetOf(database, flags, caller, key)
      return flags.map(flag => ({ name: flag.name, ...evaluate(flag, subject) }))
    },
    async one(caller, name, key) {
      const flag = (await cache.read()).find(each => each.name === name)
      if (!flag) return null
      return { name, ...evaluate(flag, await targetOf(database, [flag], caller, key)) }
    },
    onChange(fn) {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
    announce: () => listeners.forEach(fn => fn()),
  }
}
