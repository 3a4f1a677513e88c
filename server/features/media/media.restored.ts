import sql from 'sql-template-tag'
import type { Replacing } from '../../ports/backups.ts'
import type { Connection } from '../../ports/database.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { keyOf } from './media.names.ts'

/** Files that were to be removed still are, unless the restored data name them. */
export const keepRestoredFiles = (tx: Replacing) =>
  tx.carry('media_removals', 'not exists (select from media m where m.filename = old.filename)')

/** How many of the files that rows name are not in the storage. */
export async function findMissingFiles(db: Connection, storage: FileStorage): Promise<number> {
  let missing = 0
  for (let last = 0; ;) {
    const rows = await db.query<{ id: number; filename: string }>(sql`
      select id, filename from media where id > ${last} order by id limit 500`)
    for (const { filename } of rows) {
      const file = await storage.open(keyOf(filename))
      if (!file) missing++
      file?.destroy()
    }
    if (rows.length < 500) return missing
    last = rows.at(-1)!.id
  }
}
