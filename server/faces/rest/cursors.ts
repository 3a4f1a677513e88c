import { createHmac, hkdfSync } from 'node:crypto'
import type { ParsedUrlQuery } from 'node:querystring'
import { isSameSecret } from '../../kernel/same-secret.ts'
import { isPage } from './respond.ts'

/** 128 bits. */
const sealLength = 22
/**
 * Between position and seal. It ends base64, so a reader that knows no seals decodes the position and nothing after it:
 * the release before takes these cursors while both run.
 */
const end = '='
/** What no list takes for a position: a cursor that is not ours is refused like one of another list, or as too long. */
const unreadable = (cursor: string) => '.'.repeat(cursor.length)

export interface Cursors {
  /** A list's answer with its cursors signed. */
  seal(answer: unknown): unknown
  /** A query with the position of the cursor in it, if the cursor is one that was given out. */
  open(query: ParsedUrlQuery): ParsedUrlQuery
}

/**
 * Signs the positions in lists that clients are given, so that they can hand back only those. The key comes from the
 * secret that all instances share: a cursor of one is good at each.
 */
export function createCursors(secret: string): Cursors {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskwire cursor', 32))
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
