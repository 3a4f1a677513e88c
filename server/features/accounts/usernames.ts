import { limits } from '../../../contract/index.ts'
import { conflict } from '../../kernel/errors.ts'
import type { Connection } from '../../ports/database.ts'
import { findTaken } from './accounts.queries.ts'

const mostSuffix = 1_000

/** A username that the rules allow, made of what the issuer calls the person. */
export function usernameFrom(given: string): string {
  const local = (given.split('@')[0] ?? '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  const lettered = /[A-Za-z]/.test(local) ? local : `user${local}`
  const long = lettered.length >= 3 ? lettered : `${lettered}-user`
  return long.slice(0, limits.username - 5).replace(/[^A-Za-z0-9]+$/, '')
}

/** Two people who come at once may get the same one; then the constraint refuses the second. */
export async function freeUsername(tx: Connection, wanted: string): Promise<string> {
  for (let nth = 1; nth <= mostSuffix; nth++) {
    const username = nth === 1 ? wanted : `${wanted}-${nth}`
    if (!(await findTaken(tx, { username })).username) return username
  }
  throw conflict('No username is free.')
}
