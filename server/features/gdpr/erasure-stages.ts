import sql from 'sql-template-tag'
import { rewriteLog, system, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { eraseAccount, erasedName, usernameOf } from '../accounts/index.ts'
import { forgetInAudit } from '../audit/index.ts'
import { mentionPattern, unmentionSome } from '../comments/index.ts'
import { expireExports } from '../exports/index.ts'
import { deleteJobsOf } from '../jobs/index.ts'
import { deleteKeysOf } from '../keys/index.ts'
import type { DeleteNextFile } from '../media/index.ts'
import { eraseSomeNotifications, withoutName } from '../notifications/index.ts'
import { deleteSomeDrafts } from '../posts/index.ts'
import { leaveNextProject } from '../projects/index.ts'
import { forgetScimAccount } from '../scim/index.ts'
import { unassignSome } from '../tasks/index.ts'
import { deleteSomePrivate } from '../videos/index.ts'
import { deleteNextWebhook } from '../webhooks/index.ts'

/**
 * A piece of a stage: a transaction, and doing it twice does no harm.
 *
 * @param after what the piece before has returned, at first 0
 * @returns where the next piece goes on; null when nothing is left
 */
type Piece = (tx: Tx, scope: Scope, after: number, jobId: number) => Promise<number | null>

/** A part of an erasure, a piece at a time. */
export interface Stage {
  piece: Piece
  /** It changes the event log, so everything that was done before has to be there when it begins. */
  needsWholeLog?: true
}

/** A stage whose pieces find what is left by themselves. */
const untilNone = (piece: (tx: Tx, scope: Scope) => Promise<boolean>): Stage => ({
  piece: async (tx, scope) => ((await piece(tx, scope)) ? 1 : null),
})

/** In this order: names are replaced while they are known, and the account comes last, which holds them. */
export const stagesOf = (deps: { deleteNextFile: DeleteNextFile }): readonly Stage[] => [
  {
    piece: async (tx, { person }, _, jobId) => {
      await deleteJobsOf(tx, person.id, jobId)
      return null
    },
  },
  untilNone((tx, { person }) => deleteKeysOf(tx, person.id)),
  untilNone((tx, { person }) => deleteNextWebhook(tx, person.id)),
  untilNone(deps.deleteNextFile),
  untilNone(deleteSomeDrafts),
  untilNone(deleteSomePrivate),
  { ...untilNone(leaveNextProject), needsWholeLog: true },
  untilNone(unassignSome),
  {
    piece: async (tx, scope, after) => {
      const { username } = await usernameOf(tx, scope.person.id)
      return unmentionSome(tx, scope, { username, instead: erasedName, after })
    },
  },
  {
    piece: async (tx, { person }, after) => {
      const { name } = await usernameOf(tx, person.id)
      return eraseSomeNotifications(tx, person.id, { name, instead: erasedName, after })
    },
  },
  { piece: eraseFromLog, needsWholeLog: true },
  untilNone((tx, { person }) => forgetInAudit(tx, person.id)),
  {
    piece: async (tx, { person }) => {
      await forgetScimAccount(tx, person.id)
      await eraseAccount(tx, person.id)
      await expireExports(tx, tx.now)
      await tx.query(sql`update erasures set completed_at = ${tx.now} where user_id = ${person.id}`)
      // Committed with the rest, so instances read the rewritten log when they come to it.
      tx.record('person_erased', { user_id: person.id }, system)
      return null
    },
  },
]

/**
 * Events to the person, about what only they could see, and about their files are voided; in those to others their name
 * is replaced.
 */
async function eraseFromLog(tx: Tx, { person: { id } }: Scope, after: number): Promise<number | null> {
  const { name, username } = await usernameOf(tx, id)
  const text = String(id)
  const body = sql`payload #>> '{comment,body}'`
  const rewritten = sql`regexp_replace(${body}, ${mentionPattern(username)}, ${erasedName}, 'gi')`
  return rewriteLog(tx, after, {
    voided: sql`scope = ${`u${id}`} or reach ->> 'only' = ${text}
      or (event = 'media_created' and payload #>> '{media,uploaded_by}' = ${text})`,
    changed: [
      {
        when: sql`event = 'notification' and payload #>> '{data,by}' = ${text}`,
        payload: sql`jsonb_set(payload::jsonb, '{message}',
          to_jsonb(${withoutName(sql`(payload ->> 'message')`, name, erasedName)}))::json`,
      },
      {
        when: sql`event in ('comment_created', 'comment_updated')
          and strpos(lower(${body}), ${`@${username.toLowerCase()}`}) > 0`,
        payload: sql`jsonb_set(payload::jsonb, '{comment,body}', to_jsonb(${rewritten}))::json`,
      },
    ],
  })
}
