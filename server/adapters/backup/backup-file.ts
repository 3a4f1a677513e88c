import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { AppError } from '../../kernel/errors.ts'
import { type BackupHead, BackupRefused, type Manifest } from '../../ports/backups.ts'
import type { FileStorage, TemporaryFile, TemporaryFiles } from '../../ports/storage.ts'
import { seal, unseal } from './sealing.ts'
import { frame, type Section, unframe } from './sections.ts'
import type { BackupSection } from './snapshot.ts'

/** The fastest level: what a better one saves is not worth that a backup takes twice as long. */
const level = 1

/** Writes sections to a new file of this machine: compressed, then encrypted. */
export async function writeBackup(
  sections: AsyncIterable<Section>,
  secret: string,
  temporaryFiles: TemporaryFiles,
): Promise<TemporaryFile> {
  const zipped = through(Readable.from(frame(sections), { objectMode: false }), createGzip({ level }))
  const file = await temporaryFiles.receive(Readable.from(seal(zipped, secret), { objectMode: false }), Infinity)
  return file!
}

/**
 * The sections of a stored backup, each authentic. The last one is the manifest; a backup without one is refused, and
 * so is a table whose content is not the one that was written.
 *
 * @throws BackupRefused, AppError `not_found`
 */
export async function* readBackup(
  key: string,
  secret: string,
  store: Pick<FileStorage, 'open'>,
): AsyncGenerator<Section<BackupSection>> {
  const file = await store.open(key)
  if (!file) throw new AppError('not_found', 'The file of this backup is no longer there.')
  const plain = through(Readable.from(unseal(file, secret), { objectMode: false }), createGunzip())
  const hashes = new Map<string, string>()
  const damaged = new Set<string>()
  let last: string | undefined
  try {
    for await (const { head, content } of unframe<BackupSection>(plain)) {
      if (last === undefined && head.section !== 'head') throw new BackupRefused('The backup has no beginning.')
      last = head.section
      if (head.section === 'table' && hashes.has(head.name))
        throw new BackupRefused(`The backup has the table ${head.name} twice.`)
      const isHashed = head.section === 'table' || (head.section === 'file' && head.sha256 !== null)
      if (!isHashed) yield { head, content }
      else {
        const hash = createHash('sha256')
        yield { head, content: hashing(content, hash) }
        // What the caller did not read counts too.
        for await (const rest of content) hash.update(rest)
        const found = hash.digest('hex')
        if (head.section === 'table') hashes.set(head.name, found)
        else if (head.sha256 !== found) damaged.add(head.key)
      }
      if (head.section === 'manifest') compare(head, hashes, damaged)
    }
  } finally {
    file.destroy()
  }
  if (last !== 'manifest') throw new BackupRefused('The backup is damaged: its manifest is missing.')
}

/** A file that was damaged before the backup was made must not keep everything else from being put back. */
function compare({ tables, media }: Manifest, hashes: ReadonlyMap<string, string>, damaged: Set<string>): void {
  const known = new Set(media.damaged)
  const file = [...damaged].find(key => !known.has(key))
  if (file !== undefined) throw new BackupRefused(`The file ${file} in the backup is damaged.`)
  const wrong = tables.find(({ name, sha256 }) => hashes.get(name) !== sha256)
  if (wrong) throw new BackupRefused(`The table ${wrong.name} in the backup is not the one of its manifest.`)
  if (tables.length !== hashes.size) throw new BackupRefused('The backup has tables that its manifest does not name.')
}

/** The beginning of a stored backup. @throws BackupRefused, AppError `not_found` */
export async function readBackupHead(
  key: string,
  secret: string,
  store: Pick<FileStorage, 'open'>,
): Promise<BackupHead> {
  for await (const { head } of readBackup(key, secret, store)) if (head.section === 'head') return head
  throw new BackupRefused('The backup has no beginning.')
}

async function* hashing(content: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
}

/** A failure of the source is the failure of the result. */
function through(
  source: Readable,
  transform: ReturnType<typeof createGzip | typeof createGunzip>,
): AsyncIterable<Buffer> {
  pipeline(source, transform, () => {})
  return transform
}
