import { z } from 'zod'
import { invalid } from '../../kernel/errors.ts'

const Position = z.tuple([z.literal('members'), z.int().min(0)])

/** The parameter that leads to the page after this id. The REST face signs it. */
export const cursorAt = (id: number): string =>
  `cursor=${Buffer.from(JSON.stringify(['members', id])).toString('base64url')}`

/** The id that the page of a cursor follows; 0 without one. @throws AppError `validation_error` on `cursor` */
export function idIn(cursor: string | undefined): number {
  if (!cursor) return 0
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))[1]
  } catch {
    throw invalid({ cursor: 'is not a cursor of this list' })
  }
}
