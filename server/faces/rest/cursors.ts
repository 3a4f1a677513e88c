import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { ParsedUrlQuery } from 'node:querystring'
import { isSameSecret } from '../../kernel/same-secret.ts'
import { isPage } from './respond.ts'

/** 128 bits. */
const sealLength = 22
/**
 * Separates position and seal. In base64 it marks the end, so a reader that knows no seals decodes the position and
 * nothing after it. So the release before accepts these cursors while both releases run.
 */
const end = '='
/** No list accepts this as a position, so a foreign cursor is refused like one of another list, or as too long. */
const unreadable = (cursor: string) => '.'.repeat(cursor.length)

export interface Cursors {
  /** Signs the cursors in the answer of a list. */
  seal(answer: unknown): unknown
  /** Replaces the cursor in a query by its position, if this server has issued the cursor. */
  open(query: ParsedUrlQuery): ParsedUrlQuery
}

/**
 * Signs the positions of lists, so that clients can send back only positions that they were given. The key is derived
 * from the secret that all instances share, so a cursor is valid on each of them.
 */
export function createCursors(secret: string): Cursors {
  const key = createSecretKey(new Uint8Array(hkdfSync('sha256', secret, '', 'taskwire cursor', 32)))
  const sealOf = (position: string) =>
    createHmac('sha256', key).update(position).digest('base64url').slice(0, sealLength)
  const sealed = (parameter: string | null) =>
    parameter?.startsWith('cursor=') ? `${parameter}${end}${sealOf(parameter.slice('cursor='.length))}` : parameter

  const positionIn = (cursor: string): string => {
    const [position = '', seal = '', ...more] = cursor.split(end)
    return more.length === 0 && isSameSecret(seal, sealOf(position)) ? position : unreadable(cursor)
  }

  return {
    seal: answer =>
      isPage(answer) ? { ...answer, next: sealed(answer.next), previous: sealed(answer.previous) } : answer,
    open: query =>
      typeof query.cursor === 'string' && query.cursor !== '' ? { ...query, cursor: positionIn(query.cursor) } : query,
  }
}
