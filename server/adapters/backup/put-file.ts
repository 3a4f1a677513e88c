import { Readable } from 'node:stream'
import type { FileStorage, TemporaryFiles } from '../../ports/storage.ts'
import type { Section } from './sections.ts'
import type { FileSection } from './snapshot.ts'

/**
 * Puts a file of a backup into the storage, unless it is there: the content under a key never changes.
 *
 * @returns whether it was missing
 */
export async function putFile(
  { storage, temporaryFiles }: { storage: FileStorage; temporaryFiles: TemporaryFiles },
  { head: { key }, content }: Section<FileSection>,
): Promise<boolean> {
  const there = await storage.open(key)
  if (there) {
    there.destroy()
    return false
  }
  const file = await temporaryFiles.receive(Readable.from(content, { objectMode: false }), Infinity)
  await storage.put(key, file!.path)
  return true
}
