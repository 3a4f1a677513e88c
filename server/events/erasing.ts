import sql, { join, type Sql } from 'sql-template-tag'
import type { Connection } from '../ports/database.ts'
import { keys } from './audience.ts'

const atOnce = 5_000

/**
 * What an event becomes whose content must not be read any more: one that no client gets. Its place in the log stays,
 * because offsets have no gaps.
 */
const nothing = sql`event = 'account_changed', scope = ${keys.system}, reach = null, mutation_id = null, traceparent = null,
  payload = '{"user_id":0,"role_changed":false}'`

/** Voids some events of a project, and its activity entries; `allSequenced` first. @returns whether there may be more */
export async function voidProject(tx: Connection, id: number): Promise<boolean> {
  const key = keys.project(id)
  const [voided] = await tx.query<{ events: number; entries: number }>(sql`
    with voided as (
      update event_log set ${nothing} where "offset" in (
        select "offset" from event_log where scope in (${key}, ${keys.authors(key)}) limit ${atOnce}) returning 1),
    forgotten as (
      delete from activity where id in (
        select id from activity where project_id = ${id}::bigint limit ${atOnce}) returning 1)
    select (select count(*) from voided) as events, (select count(*) from forgotten) as entries`)
  return voided!.events === atOnce || voided!.entries === atOnce
}

export interface Rewriting {
  /** Which events are voided: a condition on the columns of the log. */
  voided: Sql
  /** What the payload of others becomes. */
  changed: readonly { when: Sql; payload: Sql }[]
}

/**
 * Rewrites some events of the log after an offset. Call it when everything that it is about has been sequenced (`allSequenced`); end with
 * the event `person_erased`, because instances hold the end of the log in memory.
 *
 * @returns the offset up to which it has come; null after the last one
 */
export async function rewriteLog(
  tx: Connection,
  after: number,
  { voided, changed }: Rewriting,
): Promise<number | null> {
  const [head] = await tx.query<{ first: number; last: number }>(sql`select first, last from log_head`)
  const from = Math.max(after, head!.first - 1)
  const upTo = Math.min(from + atOnce, head!.last)
  const range = sql`"offset" > ${from} and "offset" <= ${upTo}`
  await tx.query(sql`update event_log set ${nothing} where ${range} and (${voided})`)
  const cases = changed.map(({ when, payload }) => sql`when ${when} then ${payload}`)
  const any = join(
    changed.map(({ when }) => sql`(${when})`),
    ' or ',
  )
  await tx.query(sql`
    update event_log set payload = case ${join(cases, ' ')} else payload end where ${range} and (${any})`)
  return upTo >= head!.last ? null : upTo
}
