import { createHash } from 'node:crypto'
import type { Flag, FlagRule } from '../../../contract/index.ts'
import type { FlagRow } from './flags.queries.ts'

/** For whom a flag is evaluated. */
export interface Subject {
  /** Decides in which part of a rollout the subject is; always the same for the same person. */
  key: string
  /** Null for somebody without an account here, whom no rule can name. */
  person: { id: number; role: 'user' | 'admin' } | null
  /** Those of the projects in rules that the person is a member of. */
  projects: ReadonlySet<number>
}

export type Evaluation = Pick<Flag, 'value' | 'reason'>
type Settings = Pick<FlagRow, 'name' | 'enabled' | 'rollout_percent' | 'rules'>

export function evaluate(flag: Settings, subject: Subject): Evaluation {
  if (!flag.enabled) return { value: false, reason: 'DISABLED' }
  const rule = flag.rules.find(one => fits(one, subject))
  if (rule) return { value: rule.value, reason: 'TARGETING_MATCH' }
  if (flag.rollout_percent === 0 || flag.rollout_percent === 100)
    return { value: flag.rollout_percent === 100, reason: 'STATIC' }
  return { value: placeOf(flag.name, subject.key) < flag.rollout_percent, reason: 'SPLIT' }
}

function fits({ users, roles, projects }: FlagRule, { person, projects: own }: Subject): boolean {
  if (!person) return false
  if (users && !users.includes(person.id)) return false
  if (roles && !roles.includes(person.role)) return false
  return !projects || projects.some(id => own.has(id))
}

/**
 * From 0 up to 100, evenly spread. It does not change, so a rollout that grows takes nobody out again; and it differs
 * from flag to flag, so it is not always the same people who get something first.
 */
export function placeOf(flag: string, key: string): number {
  const hash = createHash('sha256').update(`${flag}\n${key}`).digest()
  return (hash.readUInt32BE() / 2 ** 32) * 100
}
