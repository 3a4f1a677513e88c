import type { TaskStatus } from '../../../../contract/index.ts'
import { stringIn } from './format.ts'
import { statusOf } from './statuses.ts'

/** What a row may say about the state of its task. */
interface StatusFields {
  status: unknown
  status_category?: unknown
  resolution?: unknown
  /** That it is completed, or when it was completed. */
  completed?: unknown
}

const negative = /^(|false|no|n|0|nein|non|nao|não|нет|否|いいえ|-)$/i
/** As the name of a status it says that there is more to do. */
const isGivenUp = (resolution: string) => /^incomplete$/i.test(resolution.trim())

const isYes = (value: unknown) => value !== undefined && value !== null && !negative.test(String(value).trim())

/**
 * The status of a task: from its resolution and the category of its status first, and from the name of the status last,
 * because everybody chooses that name freely.
 *
 * @returns undefined when none of it is known
 */
export function statusIn({
  status,
  status_category,
  resolution: given,
  completed,
}: StatusFields): TaskStatus | undefined {
  const named = statusOf(status)
  const category = statusOf(status_category)
  const resolution = stringIn(given)
  const resolved = resolution === null ? undefined : isGivenUp(resolution) ? 'cancelled' : statusOf(resolution)
  // `Unresolved`, or an issue that was reopened.
  const isOpen = resolved === 'todo' || (category !== undefined && category !== 'done')
  if (resolution !== null && !isOpen) return resolved === 'cancelled' ? 'cancelled' : 'done'
  if (category === 'done') return named === 'cancelled' ? 'cancelled' : 'done'
  if (category === 'in_progress') return named === 'review' ? 'review' : 'in_progress'
  if (category !== undefined) return 'todo'
  return named ?? (isYes(completed) ? 'done' : undefined)
}
