import sql from 'sql-template-tag'
import type { Post } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { events } from './posts.events.ts'
import { postColumns } from './posts.queries.ts'

const most = 50

/** Deletes some drafts of a person: nobody else has seen them. @returns whether there may be more */
export async function deleteSomeDrafts(tx: Tx, scope: Scope): Promise<boolean> {
  const drafts = await tx.query<Post>(sql`
    delete from posts where id in (
      select id from posts where author_id = ${scope.person.id} and status = 'draft' order by id limit ${most} for update)
    returning ${postColumns}`)
  for (const draft of drafts) events.deleted(tx, scope, draft)
  return drafts.length === most
}
