import sql from 'sql-template-tag'
import type { Video } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { events } from './videos.events.ts'
import { videoColumns } from './videos.queries.ts'

const most = 100

/** Deletes some private videos of a person: nobody else has seen them. @returns whether there may be more */
export async function deleteSomePrivate(tx: Tx, scope: Scope): Promise<boolean> {
  const videos = await tx.query<Video>(sql`
    delete from videos where id in (
      select id from videos where created_by = ${scope.person.id} and visibility = 'private' order by id limit ${most}
      for update)
    returning ${videoColumns}`)
  for (const video of videos) events.deleted(tx, scope, video)
  return videos.length === most
}
