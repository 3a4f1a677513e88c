import sql from 'sql-template-tag'
import { sizeText } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { seenIn } from '../projects/index.ts'
import { weighTasks } from './tasks.queries.ts'

/**
 * Bytes of text in the tasks of one bulk update. Each event contains its whole task, and everybody's events wait until
 * those of a command have been sequenced, which takes 12 ms per mebibyte.
 */
const mostText = 1024 * 1024

/**
 * The tasks whose text one command may change together: the first ones, at least one, and all that the caller may not
 * see, which have no weight.
 */
export async function firstPortion(
  db: Connection,
  { person }: Scope,
  ids: readonly number[],
): Promise<{ portion: number[]; beyond: number[] }> {
  const weights = await weighTasks(db, ids, seenIn(person, sql`project_id`))
  let bytes = 0
  const beyond = new Set(
    ids.filter(id => {
      const isFirst = bytes === 0
      const weight = weights.get(id) ?? 0
      bytes += weight
      return bytes > mostText && weight > 0 && !isFirst
    }),
  )
  return { portion: ids.filter(id => !beyond.has(id)), beyond: [...beyond] }
}

export const tooMuchText = () =>
  new AppError(
    'payload_too_large',
    `One call changes at most ${sizeText(mostText)} of text; change this task in another call.`,
  )
